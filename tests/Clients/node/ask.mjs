// Asks a gateway what people ask: a CSV goes in, Python reads it, a number and a chart come back. Prints JSON.
// usage: OPENAI_BASE_URL=… OPENAI_API_KEY=… node ask.mjs [how many threads at once]
import OpenAI, { toFile } from "openai";

const client = new OpenAI({ timeout: 120_000, maxRetries: 1 });
const headers = { "OpenAI-Beta": "assistants=v2" };
const question = `What was sold?
\`\`\`python
import pandas, matplotlib.pyplot as plt
sales = pandas.read_csv("/mnt/data/sales.csv")
sales.plot(x="month", y="sold", kind="bar")
plt.show()
print("sold", sales.sold.sum())
\`\`\``;

async function ask(number) {
  const started = Date.now();
  const sales = await client.files.create({
    file: await toFile(Buffer.from(`month,sold\nJanuary,40\nFebruary,${number}\n`), "sales.csv"),
    purpose: "assistants",
  });
  const assistant = await client.beta.assistants.create({
    model: "builtin/python",
    tools: [{ type: "code_interpreter" }],
  }, { headers });
  const thread = await client.beta.threads.create({
    messages: [{
      role: "user",
      content: question,
      attachments: [{ file_id: sales.id, tools: [{ type: "code_interpreter" }] }],
    }],
  }, { headers });
  const run = await client.beta.threads.runs.createAndPoll(thread.id, { assistant_id: assistant.id }, { headers });
  const messages = await client.beta.threads.messages.list(thread.id, {}, { headers });
  const parts = messages.data.filter((message) => message.role === "assistant").flatMap((message) => message.content);
  const pictures = [];
  for (const part of parts.filter(({ type }) => type === "image_file")) {
    const content = await client.files.content(part.image_file.file_id);
    pictures.push((await content.arrayBuffer()).byteLength);
  }
  return {
    thread: thread.id,
    status: run.status,
    error: run.last_error,
    text: parts.filter(({ type }) => type === "text").map((part) => part.text.value).join("\n"),
    pictures,
    milliseconds: Date.now() - started,
  };
}

const count = Number(process.argv[2] ?? 1);
console.log(JSON.stringify(await Promise.all(Array.from({ length: count }, (_, index) => ask(index + 2)))));
