// What the recorders wrote: one exchange a line.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export function readExchanges(folder) {
  if (!folder || !existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .flatMap((name) =>
      readFileSync(join(folder, name), 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    );
}

/** The frames of an event stream. A frame that the end of a broken connection cut is left out. */
export function readFrames(body, complete) {
  const blocks = body.split('\n\n');
  const rest = blocks.pop();
  if (complete && rest !== '') throw new Error(`The stream ends within a frame: ${JSON.stringify(rest.slice(0, 200))}`);
  return blocks
    .filter((block) => !block.startsWith(':'))
    .map((block) => {
      const lines = block.split('\n');
      const data = lines.filter((line) => line.startsWith('data: '));
      const event = lines.find((line) => line.startsWith('event: '))?.slice('event: '.length);
      if (data.length !== 1) throw new Error(`A frame has ${data.length} data lines: ${block.slice(0, 200)}`);
      return { event, data: data[0].slice('data: '.length) };
    });
}
