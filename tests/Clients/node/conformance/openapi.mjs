// The published OpenAPI document as validators: one per operation and status, one per streamed event.
import { readFileSync } from 'node:fs';
import Ajv from 'ajv/dist/2020.js';
import { parse } from 'yaml';

const annotations = new Set([
  'discriminator',
  'example',
  'examples',
  'xml',
  'externalDocs',
  'description',
  'title',
  'default',
  'deprecated',
]);

/** Turns OpenAPI's own words into plain JSON Schema. */
function plain(node) {
  if (Array.isArray(node)) return node.map(plain);
  if (node === null || typeof node !== 'object') return node;
  // A part of an allOf that only says "or null": the sentence belongs to its sibling.
  if (node.allOf?.some((part) => part.nullable && !part.type && !part.$ref)) {
    const rest = node.allOf.filter((part) => !part.nullable);
    return { anyOf: [{ allOf: plain(rest) }, { type: 'null' }] };
  }
  const schema = {};
  for (const [key, value] of Object.entries(node)) {
    if (annotations.has(key) || key.startsWith('x-') || key === 'nullable') continue;
    // The document writes oneOf where branches overlap (a string and an enum of strings), so "at least one" is meant.
    if (key === 'oneOf') schema.anyOf = plain(value);
    else if (key === 'properties') schema.properties = mapValues(value, plain);
    else if (key === 'enum' || key === 'required' || key === 'const') schema[key] = value;
    else schema[key] = plain(value);
  }
  return node.nullable ? { anyOf: [schema, { type: 'null' }] } : schema;
}

function mapValues(object, change) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}

export class OpenApi {
  #document;
  #routes;
  #events;

  static load(path) {
    const api = new OpenApi();
    api.#document = parse(readFileSync(path, 'utf8'), { maxAliasCount: -1 });
    api.schemas = mapValues(api.#document.components.schemas, plain);
    api.#routes = api.#readRoutes();
    api.#events = api.#readEvents();
    return api;
  }

  /** Validators over these schemas, after `patches` changed a copy of them. */
  compile(patches = []) {
    const schemas = structuredClone(this.schemas);
    for (const patch of patches) patch.apply(schemas);
    const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true, inlineRefs: false });
    ajv.addSchema({ $id: 'openai', components: { schemas } });
    const compiled = new Map();
    return (schema) => {
      const key = JSON.stringify(schema);
      if (!compiled.has(key)) compiled.set(key, ajv.compile(absolute(schema)));
      return compiled.get(key);
    };
  }

  /** The operation a request belongs to: its method, its path template and its responses, or undefined. */
  operation(method, path) {
    const segments = path.split('/').length;
    const candidates = this.#routes.filter(
      (route) => route.method === method && route.segments === segments && route.pattern.test(path),
    );
    return candidates.sort((a, b) => a.parameters - b.parameters)[0];
  }

  /** The schema of the data of an Assistants event, or undefined for an unknown name. */
  event(name) {
    return this.#events.get(name);
  }

  #readRoutes() {
    return Object.entries(this.#document.paths).flatMap(([template, item]) =>
      Object.entries(item)
        .filter(([, operation]) => operation?.responses)
        .map(([method, operation]) => ({
          method: method.toUpperCase(),
          template,
          segments: template.split('/').length,
          parameters: template.split('{').length - 1,
          pattern: new RegExp(`^${template.replace(/\{[^}]+\}/g, '[^/]+')}$`),
          schema: (status, mediaType) => plain(operation.responses[status]?.content?.[mediaType]?.schema),
        })),
    );
  }

  #readEvents() {
    const events = new Map();
    const read = (schema, pointer) => {
      if (schema.$ref) return read(this.schemas[schema.$ref.split('/').at(-1)], schema.$ref);
      schema.anyOf?.forEach((branch, index) => read(branch, `${pointer}/anyOf/${index}`));
      const name = schema.properties?.event?.enum?.[0];
      if (name) events.set(name, { $ref: `${pointer}/properties/data` });
    };
    read({ $ref: '#/components/schemas/AssistantStreamEvent' });
    return events;
  }
}

function absolute(schema) {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"openai#/components/'));
}
