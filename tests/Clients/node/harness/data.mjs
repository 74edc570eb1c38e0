// Files as users have them, made the same at every run.
import { execFileSync } from 'node:child_process';

/** The Python that local sandboxes use: the distribution's, with its libraries. */
const systemPython = '/usr/bin/python3';

/** Runs Python outside any sandbox and gives it `input`; returns what it writes to standard output. */
export function hostPython(code, input) {
  return execFileSync(systemPython, ['-c', code], { input, maxBuffer: 64 * 1024 * 1024 });
}

function* randomNumbers(seed) {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

/** Two years of orders: growing, seasonal, noisy. */
export function salesCsv() {
  const random = randomNumbers(42);
  const lines = ['date,region,product,units,unit_price'];
  const revenue = new Map();
  for (let month = 0; month < 24; month++) {
    const date = `${2024 + Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}`;
    const orders = Math.round(40 * 1.03 ** month * (1 + 0.25 * Math.sin((month / 12) * 2 * Math.PI)));
    for (let order = 0; order < orders; order++) {
      const day = 1 + Math.floor(random.next().value * 28);
      const region = ['North', 'South', 'East', 'West'][Math.floor(random.next().value * 4)];
      const product = ['Kettle', 'Toaster', 'Blender, large'][Math.floor(random.next().value * 3)];
      const units = 1 + Math.floor(random.next().value * 9);
      const price = (1999 + Math.floor(random.next().value * 3000)) / 100;
      lines.push(`${date}-${String(day).padStart(2, '0')},${region},"${product}",${units},${price.toFixed(2)}`);
      revenue.set(date, (revenue.get(date) ?? 0) + units * price);
    }
  }
  return { csv: lines.join('\n') + '\n', revenue: [...revenue].map(([month, total]) => ({ month, total })) };
}

/** Customers, some with an e-mail address that is none. */
export function customersCsv() {
  const bad = {
    7: 'anna.smith(at)example.com',
    19: 'no-at-sign.example.com',
    23: '',
    42: 'two@@example.com',
    58: 'space in@example.com',
  };
  const rows = Array.from(
    { length: 60 },
    (_, i) => `${i + 1},Customer ${i + 1},${bad[i + 1] ?? `customer${i + 1}@example.com`}`,
  );
  return { csv: ['id,name,email', ...rows].join('\n') + '\n', invalid: Object.keys(bad).map(Number) };
}

const table = [
  ['Item', 'Quantity', 'Price'],
  ['Paper A4', '12', '4.50'],
  ['Ink black', '3', '19.90'],
  ['Größere Mappe', '7', '2.25'],
];

/** An invoice as PDF, one line of text per row. */
export function invoicePdf() {
  const code = `
import io, json, sys
from reportlab.pdfgen import canvas
rows = json.load(sys.stdin)
out = io.BytesIO()
page = canvas.Canvas(out)
page.drawString(72, 800, "Invoice 2026-0042")
for number, row in enumerate(rows):
    page.drawString(72, 760 - 20 * number, " | ".join(row))
page.showPage(); page.save()
sys.stdout.buffer.write(out.getvalue())`;
  return { pdf: hostPython(code, JSON.stringify(table)), rows: table };
}

/** The same table as a workbook. */
export function priceWorkbook() {
  const code = `
import io, json, sys
from openpyxl import Workbook
rows = json.load(sys.stdin)
book = Workbook()
sheet = book.active
sheet.title = "Prices"
sheet.append(rows[0])
for name, quantity, price in rows[1:]:
    sheet.append([name, int(quantity), float(price)])
out = io.BytesIO(); book.save(out)
sys.stdout.buffer.write(out.getvalue())`;
  const rows = table
    .slice(1)
    .map(([Item, quantity, price]) => ({ Item, Quantity: Number(quantity), Price: Number(price) }));
  return { xlsx: hostPython(code, JSON.stringify(table)), rows };
}

/** What openpyxl reads from a workbook: rows by sheet. */
export function readWorkbook(bytes) {
  const code = `
import io, json, sys
from openpyxl import load_workbook
book = load_workbook(io.BytesIO(sys.stdin.buffer.read()))
print(json.dumps({sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}, default=str))`;
  return JSON.parse(hostPython(code, bytes));
}
