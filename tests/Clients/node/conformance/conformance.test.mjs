// Holds everything the clients received against the published OpenAPI document and against the rules of the transport.
// It runs after the flows, over what they recorded.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { deviations } from './deviations.mjs';
import { readExchanges, readFrames } from './exchanges.mjs';
import { OpenApi } from './openapi.mjs';
import { checkOrder } from './order.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const document = process.env.OPENAI_YAML ?? resolve(here, '../../../../../shared/openai.yaml');
const exchanges = readExchanges(process.env.RECORDINGS).map((exchange) => ({
  ...exchange,
  path: pathOf(exchange.url),
  isError: exchange.status >= 400,
  isStream: (exchange.headers['content-type'] ?? '').startsWith('text/event-stream'),
}));

/** The path as the document's templates have it: a model's id may hold a slash that an SDK does not encode. */
function pathOf(url) {
  const path = new URL(url, 'http://gateway').pathname.replace(/^\/v1/, '');
  return path.replace(/^(\/models\/)(.+)$/, (_, start, id) => start + encodeURIComponent(decodeURIComponent(id)));
}

const ours = /^\/(assistants|threads|files|uploads|models)(\/|$)/;
const about = (exchange) => `${exchange.method} ${exchange.url} ${exchange.status} (${exchange.sdk}; ${exchange.test})`;

/** Every value of an exchange that the document describes, with the schema that describes it. */
function described(api, exchange) {
  if (
    exchange.method === 'HEAD' ||
    exchange.method === 'OPTIONS' ||
    exchange.body === null ||
    (!exchange.complete && !exchange.isStream)
  )
    return [];
  if (exchange.isError)
    return [{ schema: { $ref: '#/components/schemas/ErrorResponse' }, value: JSON.parse(exchange.body) }];
  const operation = api.operation(exchange.method, exchange.path);
  assert.ok(operation, `The document has no operation for ${about(exchange)}`);
  if (!exchange.isStream) {
    const schema = operation.schema(exchange.status, 'application/json');
    return schema ? [{ schema, value: JSON.parse(exchange.body) }] : [];
  }
  return readFrames(exchange.body, exchange.complete)
    .filter(({ data }) => data !== '[DONE]')
    .map(({ event, data }) => {
      const schema = event ? api.event(event) : operation.schema(exchange.status, 'text/event-stream');
      assert.ok(schema, `The document has no event ${event}: ${about(exchange)}`);
      return { schema, value: JSON.parse(data), event };
    });
}

const skip = !existsSync(document) && `the published document is not at ${document}`;
if (skip) console.log(`Schema validation skipped: ${skip}`);

describe('Recorded traffic', () => {
  test('there is some', () => assert.ok(exchanges.length > 0, 'Set RECORDINGS to a folder and run the flows first.'));

  test('every response carries its request id', () => {
    const without = exchanges.filter((exchange) => !/^req_[0-9a-f]{24,}$/.test(exchange.headers['x-request-id'] ?? ''));
    assert.deepEqual(without.map(about), []);
  });

  test('every answer of our own carries openai-version and openai-processing-ms', () => {
    const without = exchanges
      .filter((exchange) => ours.test(exchange.path))
      .filter(
        (exchange) =>
          exchange.headers['openai-version'] !== '2020-10-01' ||
          !/^\d+$/.test(exchange.headers['openai-processing-ms'] ?? ''),
      );
    assert.deepEqual(without.map(about), []);
  });

  test('every error is JSON', () => {
    const others = exchanges.filter(
      (e) => e.isError && e.method !== 'HEAD' && !e.headers['content-type']?.startsWith('application/json'),
    );
    assert.deepEqual(others.map(about), []);
  });

  test('no answer is a conflict, which SDKs would repeat', () => {
    assert.deepEqual(exchanges.filter((exchange) => exchange.status === 409).map(about), []);
  });

  test('a run says how soon to poll again', () => {
    const polls = exchanges.filter(
      (e) => e.method === 'GET' && !e.isError && /^\/threads\/[^/]+\/runs\/[^/]+$/.test(e.path),
    );
    assert.deepEqual(polls.filter((e) => !/^\d+$/.test(e.headers['openai-poll-after-ms'] ?? '')).map(about), []);
  });

  test('a run says what it still needs, at the moment it needs it', () => {
    for (const exchange of exchanges.filter((e) => !e.isError && !e.isStream && e.body?.includes('"thread.run"'))) {
      const body = JSON.parse(exchange.body);
      for (const run of (body.data ?? [body]).filter(({ object }) => object === 'thread.run')) {
        assert.equal(run.status === 'requires_action', run.required_action !== null, about(exchange));
      }
    }
  });

  const streams = exchanges.filter((exchange) => exchange.isStream && /^\/threads\//.test(exchange.path));
  test(`the ${streams.length} Assistants streams keep their order`, () => {
    for (const stream of streams.filter(({ complete }) => complete)) {
      try {
        checkOrder(readFrames(stream.body, true), stream.path.endsWith('/submit_tool_outputs'));
      } catch (error) {
        error.message = `${about(stream)}: ${error.message}`;
        throw error;
      }
    }
  });
});

describe('Published schema', { skip }, () => {
  if (skip) return;
  const api = OpenApi.load(document);
  const byOperation = new Map();
  for (const exchange of exchanges) {
    const template = api.operation(exchange.method, exchange.path)?.template ?? exchange.path;
    const kind = exchange.isError ? 'errors' : exchange.isStream ? 'stream' : 'body';
    const key = exchange.isError ? 'errors of every operation' : `${exchange.method} ${template} ${kind}`;
    byOperation.set(key, [...(byOperation.get(key) ?? []), exchange]);
  }

  const validator = api.compile(deviations);
  for (const [key, group] of [...byOperation].sort()) {
    test(`${key} (${group.length} recorded)`, () => {
      for (const exchange of group) {
        for (const { schema, value, event } of described(api, exchange)) {
          const validate = validator(schema);
          if (validate(value)) continue;
          const problems = validate.errors
            .slice(0, 6)
            .map((e) => `${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`);
          assert.fail(
            `${about(exchange)}${event ? ` event ${event}` : ''}\n  ${problems.join('\n  ')}\n  ${JSON.stringify(value).slice(0, 1500)}`,
          );
        }
      }
    });
  }

  const values = exchanges.flatMap((exchange) => {
    try {
      return described(api, exchange);
    } catch {
      return [];
    }
  });
  for (const deviation of deviations) {
    test(`the deviation "${deviation.name}" is still needed`, () => {
      const without = api.compile(deviations.filter((other) => other !== deviation));
      assert.ok(
        values.some(({ schema, value }) => !without(schema)(value)),
        'Nothing recorded needs it: remove it from deviations.mjs.',
      );
    });
  }
});
