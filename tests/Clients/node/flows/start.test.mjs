// What is there when the gateway has started: assistants of files, and what it says on the terminal.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { promisify } from 'node:util';
import { all, ask, completed } from '../harness/answers.mjs';
import { python, say } from '../harness/model.mjs';
import { suite } from '../harness/world.mjs';

const seeds = mkdtempSync(join(tmpdir(), 'sandbox-seeds-'));
writeFileSync(
  join(seeds, 'analyst.json'),
  JSON.stringify({
    id: 'asst_seeded',
    name: 'Analyst',
    model: 'gpt-4o',
    instructions: 'Compute.',
    tools: [{ type: 'code_interpreter' }],
  }),
);

suite('Start', { settings: { Seed__Assistants: seeds } }, ({ world, each }) => {
  after(() => rmSync(seeds, { recursive: true, force: true }));

  each('an assistant of a file is used by the id that applications know', async (sdk, { model, tag }) => {
    const assistant = await sdk.assistants.retrieve('asst_seeded');
    assert.deepEqual([assistant.name, assistant.tools], ['Analyst', [{ type: 'code_interpreter' }]]);
    assert.ok((await all(sdk.assistants.list())).some(({ id }) => id === 'asst_seeded'));
    await model.when(`Compute, ${tag}.`, python('print(6 * 7)'), say('{{last_tool_output:(.*)}}'));
    const { run, text } = await ask(sdk, `Compute, ${tag}.`, { assistant });
    completed(run);
    assert.equal(text.trim(), '42');
  });

  each('what the terminal says can be typed as it stands', async (_, { Sdk }) => {
    const [, curl] = world.gateway.output.match(/^ +(curl .+)$/m);
    const { stdout } = await promisify(execFile)('sh', ['-c', curl]);
    assert.equal(JSON.parse(stdout).object, 'list');
    const [, snippet] = world.gateway.output.match(/JavaScript: +(.+)$/m);
    const client = new Function('OpenAI', `${snippet}; return client;`)(Sdk.module.OpenAI);
    assert.equal((await client.models.retrieve('builtin/python')).id, 'builtin/python');
    const [, address] = world.gateway.output.match(/Python: +client = OpenAI\(base_url="([^"]+)", api_key="local"\)/);
    assert.equal(address, client.baseURL);
  });
});
