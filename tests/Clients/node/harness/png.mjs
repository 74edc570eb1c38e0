// As much of PNG as it takes to see that a chart is a picture, and to make one.
import assert from 'node:assert/strict';
import { deflateSync, inflateSync } from 'node:zlib';

const signature = Buffer.from('89504e470d0a1a0a', 'hex');
const channels = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

export function decodePng(bytes) {
  assert.deepEqual(bytes.subarray(0, 8), signature, 'the file begins like a PNG');
  let header;
  let ended = false;
  const data = [];
  for (let at = 8; at < bytes.length;) {
    const length = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    const body = bytes.subarray(at + 8, at + 8 + length);
    assert.equal(
      bytes.readUInt32BE(at + 8 + length),
      crc32(bytes.subarray(at + 4, at + 8 + length)),
      `checksum of ${type}`,
    );
    if (type === 'IHDR')
      header = { width: body.readUInt32BE(0), height: body.readUInt32BE(4), depth: body[8], color: body[9] };
    if (type === 'IDAT') data.push(body);
    if (type === 'IEND') ended = true;
    at += 12 + length;
  }
  assert.ok(header && ended, 'the file has a header and an end');
  const { width, height, depth, color } = header;
  assert.equal(depth, 8, 'eight bits a channel');
  const size = channels[color];
  const rows = unfilter(inflateSync(Buffer.concat(data)), width * size, height, size);
  return {
    width,
    height,
    pixel: (x, y) => [...rows.subarray((y * width + x) * size, (y * width + x + 1) * size)],
    bytes: rows,
  };
}

/** How many different colours a picture has: a blank one has one. */
export function colours(picture) {
  const seen = new Set();
  for (let y = 0; y < picture.height; y += 4) {
    for (let x = 0; x < picture.width; x += 4) seen.add(picture.pixel(x, y).join());
  }
  return seen.size;
}

/** A picture in which every pixel says where it is: red is x, green is y. */
export function encodeGradient(width, height) {
  const raw = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) raw.set([x % 256, y % 256, 77], y * (1 + width * 3) + 1 + x * 3);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(raw)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type, body) {
  const part = Buffer.concat([Buffer.alloc(4), Buffer.from(type, 'latin1'), body, Buffer.alloc(4)]);
  part.writeUInt32BE(body.length, 0);
  part.writeUInt32BE(crc32(part.subarray(4, part.length - 4)), part.length - 4);
  return part;
}

function unfilter(raw, stride, height, size) {
  assert.equal(raw.length, height * (stride + 1), 'as many bytes as the header promises');
  const out = Buffer.alloc(height * stride);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)];
    for (let i = 0; i < stride; i++) {
      const left = i >= size ? out[y * stride + i - size] : 0;
      const up = y > 0 ? out[(y - 1) * stride + i] : 0;
      const corner = i >= size && y > 0 ? out[(y - 1) * stride + i - size] : 0;
      const predicted = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
      out[y * stride + i] = raw[y * (stride + 1) + 1 + i] + predicted;
    }
  }
  return out;
}

function paeth(left, up, corner) {
  const estimate = left + up - corner;
  const [a, b, c] = [Math.abs(estimate - left), Math.abs(estimate - up), Math.abs(estimate - corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

let table;

function crc32(bytes) {
  table ??= Uint32Array.from({ length: 256 }, (_, n) => {
    for (let bit = 0; bit < 8; bit++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
    return n;
  });
  let crc = 0xffffffff;
  for (const byte of bytes) crc = table[(crc ^ byte) & 255] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
