// Files go in, charts and files come out.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { all, ask, callsOf, completed, download, imagesOf, interpreter, linkedFile } from '../harness/answers.mjs';
import { customersCsv, invoicePdf, priceWorkbook, readWorkbook, salesCsv } from '../harness/data.mjs';
import { python, say } from '../harness/model.mjs';
import { colours, decodePng, encodeGradient } from '../harness/png.mjs';
import { suite } from '../harness/world.mjs';

const pictures = process.env.PICTURES ?? join(tmpdir(), 'sandbox-clients-pictures');

/** Uploads bytes under a name, as an application does that has them in memory. */
async function upload(sdk, Sdk, name, content, purpose = 'assistants') {
  return sdk.files.create({ file: await Sdk.module.toFile(Buffer.from(content), name), purpose });
}

suite('Files', {}, ({ each, once }) => {
  each('month-over-month growth of an uploaded CSV, with a chart', async (sdk, { model, Sdk, tag }) => {
    const { csv, revenue } = salesCsv();
    const growth = revenue.slice(1).map(({ total }, i) => total / revenue[i].total - 1);
    const average = ((growth.reduce((a, b) => a + b) / growth.length) * 100).toFixed(2);
    const folder = mkdtempSync(join(tmpdir(), 'sandbox-sales-'));
    writeFileSync(join(folder, 'sales.csv'), csv);
    const question = 'What is the month-over-month growth of revenue in sales.csv? Draw it, please.';
    await model.when(
      question,
      python(`import pandas as pd
df = pd.read_csv("/mnt/data/sales.csv", parse_dates=["date"])
df["revenue"] = df.units * df.unit_price
monthly = df.groupby(df.date.dt.to_period("M")).revenue.sum()
growth = monthly.pct_change() * 100
print(f"{growth.mean():.2f}")`),
      python(`import matplotlib.pyplot as plt
ax = growth.plot(kind="bar", figsize=(9, 4), title="Month-over-month growth (%)")
ax.set_ylabel("%")
plt.tight_layout()
plt.show()`),
      say('On average revenue grew by the figure shown above each month.'),
    );

    const file = await sdk.files.create({ file: createReadStream(join(folder, 'sales.csv')), purpose: 'assistants' });
    rmSync(folder, { recursive: true });
    assert.equal(file.filename, 'sales.csv');
    assert.equal(file.bytes, Buffer.byteLength(csv));
    const { run, message, thread } = await ask(sdk, question, { files: [file] });

    completed(run);
    const [computed, drawn] = await callsOf(sdk, run);
    assert.equal(computed.logs.trim(), average);
    assert.deepEqual(
      message.content.map(({ type }) => type),
      ['image_file', 'text'],
    );
    const [image] = imagesOf(message);
    assert.deepEqual(
      drawn.outputs.filter(({ type }) => type === 'image').map((output) => output.image.file_id),
      [image],
    );
    const bytes = await download(sdk, image);
    mkdirSync(pictures, { recursive: true });
    writeFileSync(join(pictures, `growth, ${tag}.png`), bytes);
    const picture = decodePng(bytes);
    assert.ok(picture.width >= 400 && picture.width <= 4000, `width ${picture.width}`);
    assert.ok(picture.height >= 200 && picture.height <= 3000, `height ${picture.height}`);
    assert.ok(colours(picture) > 2, 'the chart is not blank');
    const made = await sdk.files.retrieve(image);
    assert.equal(made.purpose, 'assistants_output');
    assert.equal(made.bytes, bytes.length);
    const { tool_resources: resources } = await sdk.threads.retrieve(thread.id);
    assert.deepEqual(resources.code_interpreter.file_ids, [file.id]);
  });

  each('a workbook is made and downloaded through its annotation', async (sdk, { model }) => {
    const question = 'Make me a workbook of squares.';
    await model.when(
      question,
      python(`import pandas as pd
df = pd.DataFrame({"n": range(1, 11)})
df["square"] = df.n ** 2
df.to_excel("/mnt/data/squares.xlsx", index=False, sheet_name="Squares")
print(len(df))`),
      say(
        '📊 Voilà, {{last_tool_output:([0-9]+)}} rows: [squares.xlsx](sandbox:/mnt/data/squares.xlsx). Again: sandbox:/mnt/data/squares.xlsx, but not sandbox:/mnt/data/missing.xlsx.',
      ),
    );

    const { run, message } = await ask(sdk, question);

    completed(run);
    const { annotations } = message.content[0].text;
    assert.deepEqual(
      annotations.map(({ text }) => text),
      Array(2).fill('sandbox:/mnt/data/squares.xlsx'),
    );
    assert.equal(annotations[0].file_path.file_id, annotations[1].file_path.file_id);
    const id = linkedFile(message, '/mnt/data/squares.xlsx');
    const bytes = await download(sdk, id);
    assert.equal(bytes.toString('latin1', 0, 4), 'PK\u0003\u0004');
    const { Squares: rows } = readWorkbook(bytes);
    assert.deepEqual(rows[0], ['n', 'square']);
    assert.deepEqual(rows.at(-1), [10, 100]);
    const file = await sdk.files.retrieve(id);
    assert.equal(file.purpose, 'assistants_output');
    assert.match(file.filename, /squares\.xlsx$/);
  });

  each('a PDF becomes CSV', async (sdk, { model, Sdk }) => {
    const { pdf, rows } = invoicePdf();
    const question = 'Turn the invoice into CSV.';
    await model.when(
      question,
      python(`import csv
try:
    from PyPDF2 import PdfReader
except ImportError:
    from pypdf import PdfReader
text = PdfReader("/mnt/data/invoice.pdf").pages[0].extract_text()
rows = [line.split(" | ") for line in text.splitlines() if " | " in line]
with open("/mnt/data/invoice.csv", "w", newline="", encoding="utf-8") as out:
    csv.writer(out, lineterminator="\\n").writerows(rows)
print(len(rows))`),
      say('Here: [invoice.csv](sandbox:/mnt/data/invoice.csv)'),
    );

    const file = await upload(sdk, Sdk, 'invoice.pdf', pdf);
    const { run, message } = await ask(sdk, question, { files: [file] });

    completed(run);
    const csv = await download(sdk, linkedFile(message, '/mnt/data/invoice.csv'));
    assert.equal(csv.toString('utf8'), rows.map((row) => row.join(',')).join('\n') + '\n');
  });

  each('a workbook becomes JSON', async (sdk, { model, Sdk }) => {
    const { xlsx, rows } = priceWorkbook();
    const question = 'Turn the price list into JSON.';
    await model.when(
      question,
      python(
        'import pandas as pd\npd.read_excel("/mnt/data/prices.xlsx").to_json("/mnt/data/prices.json", orient="records", force_ascii=False)',
      ),
      say('Done: sandbox:/mnt/data/prices.json'),
    );

    const file = await upload(sdk, Sdk, 'prices.xlsx', xlsx);
    const { run, message } = await ask(sdk, question, { files: [file] });

    completed(run);
    assert.deepEqual(JSON.parse(await download(sdk, linkedFile(message, '/mnt/data/prices.json'))), rows);
  });

  each('an image is cropped', async (sdk, { model, Sdk }) => {
    const question = 'Crop the picture to 80 × 60, starting at 40, 30.';
    await model.when(
      question,
      python(
        'from PIL import Image\nImage.open("/mnt/data/photo.png").crop((40, 30, 120, 90)).save("/mnt/data/cropped.png")',
      ),
      say('[cropped.png](sandbox:/mnt/data/cropped.png)'),
    );

    const file = await upload(sdk, Sdk, 'photo.png', encodeGradient(200, 120));
    const { run, message } = await ask(sdk, question, { files: [file] });

    completed(run);
    const picture = decodePng(await download(sdk, linkedFile(message, '/mnt/data/cropped.png')));
    assert.deepEqual([picture.width, picture.height], [80, 60]);
    assert.deepEqual(picture.pixel(0, 0), [40, 30, 77]);
    assert.deepEqual(picture.pixel(79, 59), [119, 89, 77]);
  });

  each('rows with an invalid e-mail address are listed', async (sdk, { model, Sdk }) => {
    const { csv, invalid } = customersCsv();
    const question = 'Which customers have an invalid e-mail address?';
    await model.when(
      question,
      python(String.raw`import pandas as pd
df = pd.read_csv("customers.csv", keep_default_na=False)
bad = df[~df.email.str.fullmatch(r"[^@\s()]+@[^@\s()]+\.[^@\s()]+")]
print(", ".join(map(str, bad.id)))`),
      say('Rows {{last_tool_output:(.*)}} are invalid.'),
    );

    const file = await upload(sdk, Sdk, 'customers.csv', csv);
    const { run, text } = await ask(sdk, question, { files: [file] });

    completed(run);
    assert.deepEqual(text.match(/\d+/g).map(Number), invalid);
  });

  each('files of the assistant are in the sandbox by name and by id', async (sdk, { model, Sdk }) => {
    const question = 'Which files do you have?';
    await model.when(
      question,
      python(`import glob, os
names = sorted(os.path.basename(p) for p in glob.glob("/mnt/data/*"))
print(all(open(n, encoding="utf-8").read() == "hello" for n in names), names)`),
      say('{{last_tool_output:(.*)}}'),
    );
    const file = await upload(sdk, Sdk, '你好, 100% größer.txt', 'hello');
    assert.equal(file.filename, '你好, 100% größer.txt');

    const assistant = await interpreter(sdk, { tool_resources: { code_interpreter: { file_ids: [file.id] } } });
    const { run, text } = await ask(sdk, question, { assistant });

    completed(run);
    assert.match(text, /^True /);
    assert.ok(text.includes(file.id), text);
    assert.ok(text.includes('你好'), text);
  });

  each('a picture in a message reaches the model', async (sdk, { model, Sdk }) => {
    const png = encodeGradient(8, 8);
    const file = await upload(sdk, Sdk, 'tiny.png', png, 'vision');
    await model.when('What is in the picture?', say('A gradient.'));

    const { run } = await ask(sdk, [
      { type: 'text', text: 'What is in the picture?' },
      { type: 'image_file', image_file: { file_id: file.id, detail: 'low' } },
    ]);

    completed(run);
    const { body } = (await model.asked('What is in the picture?')).at(-1);
    const part = body.messages
      .flatMap(({ content }) => (Array.isArray(content) ? content : []))
      .find(({ type }) => type === 'image_url');
    assert.equal(part.image_url.url, `data:image/png;base64,${png.toString('base64')}`);
  });

  each('files are uploaded, waited for, listed, downloaded and deleted', async (sdk, { Sdk }) => {
    const file = await upload(sdk, Sdk, 'notes.txt', 'one\ntwo\n', 'user_data');

    const processed = await sdk.files.waitForProcessing(file.id, { pollInterval: 50, maxWait: 10_000 });

    assert.equal(processed.status, 'processed');
    assert.equal((await download(sdk, file.id)).toString(), 'one\ntwo\n');
    const listed = await all(sdk.files.list({ purpose: 'user_data', limit: 2 }));
    assert.ok(listed.some(({ id }) => id === file.id));
    assert.ok(listed.every(({ purpose }) => purpose === 'user_data'));
    assert.equal((await upload(sdk, Sdk, 'evals.jsonl', '{}', 'evals')).purpose, 'evals');
    assert.deepEqual(await sdk.delete(sdk.files, file.id), { id: file.id, object: 'file', deleted: true });
    await assert.rejects(sdk.files.retrieve(file.id), Sdk.module.NotFoundError);
    await assert.rejects(sdk.files.content(file.id), Sdk.module.NotFoundError);
  });

  each('a large file is uploaded in parts and read in the sandbox', async (sdk, { model, Sdk }) => {
    const content = Buffer.alloc(9_000_001);
    for (let i = 0; i < content.length; i += 4)
      content.writeUInt32LE((i * 2654435761) >>> 0, Math.min(i, content.length - 4));
    const sum = createHash('sha256').update(content).digest('hex');
    await model.when(
      'What is the SHA-256 of the big file?',
      python('import hashlib\nprint(hashlib.sha256(open("/mnt/data/big.bin", "rb").read()).hexdigest())'),
      say('{{last_tool_output:(.*)}}'),
    );

    const { uploads } = sdk.client;
    const started = await uploads.create({
      filename: 'big.bin',
      purpose: 'assistants',
      bytes: content.length,
      mime_type: 'application/octet-stream',
    });
    assert.equal(started.status, 'pending');
    const size = 3_000_001;
    const parts = await Promise.all(
      [0, 1, 2].map(async (i) => {
        const data = await Sdk.module.toFile(content.subarray(i * size, (i + 1) * size), 'part');
        return uploads.parts.create(started.id, { data });
      }),
    );
    const done = await uploads.complete(started.id, {
      part_ids: parts.map(({ id }) => id),
      md5: createHash('md5').update(content).digest('hex'),
    });

    assert.equal(done.status, 'completed');
    assert.equal(done.file.bytes, content.length);
    assert.equal(
      createHash('sha256')
        .update(await download(sdk, done.file.id))
        .digest('hex'),
      sum,
    );
    const { run, text } = await ask(sdk, 'What is the SHA-256 of the big file?', { files: [done.file] });
    completed(run);
    assert.equal(text.trim(), sum);
  });

  each('an upload that does not fit its promise is refused, and one can be cancelled', async (sdk, { Sdk }) => {
    const { uploads } = sdk.client;
    const { BadRequestError } = Sdk.module;
    const create = () =>
      uploads.create({ filename: 'a.txt', purpose: 'assistants', bytes: 5, mime_type: 'text/plain' });
    const part = async (upload, text) =>
      uploads.parts.create(upload.id, { data: await Sdk.module.toFile(Buffer.from(text), 'p') });

    const short = await create();
    const { id } = await part(short, 'four');
    await assert.rejects(uploads.complete(short.id, { part_ids: [id] }), BadRequestError);
    await assert.rejects(uploads.complete(short.id, { part_ids: ['part_missing'] }), BadRequestError);
    const { id: rest } = await part(short, '!');
    await assert.rejects(uploads.complete(short.id, { part_ids: [id, rest], md5: '0'.repeat(32) }), BadRequestError);
    assert.equal((await uploads.complete(short.id, { part_ids: [id, rest] })).status, 'completed');

    const unwanted = await create();
    assert.equal((await uploads.cancel(unwanted.id)).status, 'cancelled');
    await assert.rejects(part(unwanted, 'hello'), BadRequestError);
    await assert.rejects(uploads.complete(unwanted.id, { part_ids: [] }), BadRequestError);
  });

  once('several charts of one answer come in their order', async (sdk, { model }) => {
    await model.when(
      'Draw two charts.',
      python(
        'import matplotlib.pyplot as plt\nfor width in (4, 8):\n    plt.figure(figsize=(width, 3), dpi=50)\n    plt.plot([1, 2, 3])\n    plt.show()',
      ),
      say('Two charts.'),
    );
    const { message } = await ask(sdk, 'Draw two charts.');
    assert.deepEqual(
      message.content.map(({ type }) => type),
      ['image_file', 'image_file', 'text'],
    );
    const widths = [];
    for (const id of imagesOf(message)) widths.push(decodePng(await download(sdk, id)).width);
    assert.ok(widths[0] < widths[1], `widths ${widths}`);
  });

  once('a symbolic link never serves a file of the host', async (sdk, { model }) => {
    await model.when(
      'Give me the password file.',
      python('import os\nos.symlink("/etc/passwd", "/mnt/data/out.txt")\nos.symlink("/etc", "/mnt/data/etc")'),
      say('sandbox:/mnt/data/out.txt and sandbox:/mnt/data/etc/hostname and sandbox:/mnt/data/../../etc/passwd'),
    );
    const { run, message } = await ask(sdk, 'Give me the password file.');
    completed(run);
    assert.deepEqual(message.content[0].text.annotations, []);
  });

  once('a file that two answers link is a file of its own each time it changed', async (sdk, { model }) => {
    await model.when('First version.', python('open("v.txt", "w").write("first")'), say('sandbox:/mnt/data/v.txt'));
    await model.when('Second version.', python('open("v.txt", "w").write("second")'), say('sandbox:/mnt/data/v.txt'));
    const first = await ask(sdk, 'First version.');
    const second = await ask(sdk, 'Second version.', first);
    assert.equal(String(await download(sdk, linkedFile(first.message, '/mnt/data/v.txt'))), 'first');
    assert.equal(String(await download(sdk, linkedFile(second.message, '/mnt/data/v.txt'))), 'second');
  });
});
