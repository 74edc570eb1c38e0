// What happens in the tests: conversations with a scripted model, whose code real sandboxes run.
import { python, say } from './world.mjs';

/** A question with a mistake, its correction, a table, a chart and a file. */
export async function salesStory(world, { key } = {}) {
  const question = 'Which region grew the most last year? Show me a chart and give me the numbers as a spreadsheet.';
  await world.model.when(
    question,
    python(
      `import pandas as pd

# Load the orders and look at what is there
orders = pd.read_csv("/mnt/data/orders.csv", parse_dates=["date"])
orders["revenue"] = orders["units"] * orders["price"]
print(orders.groupby("area")["revenue"].sum().round(2))
`,
      { text: 'I start with the revenue of each region.', delay_ms: 4 },
    ),
    python(
      `import pandas as pd

# Load the orders and look at what is there
orders = pd.read_csv("/mnt/data/orders.csv", parse_dates=["date"])
orders["revenue"] = orders["units"] * orders["price"]
print(orders.groupby("region")["revenue"].sum().round(2))
`,
      { text: 'The column is called `region`; I correct that.', delay_ms: 4 },
    ),
    python(
      `import matplotlib.pyplot as plt

table = orders.pivot_table(index=orders["date"].dt.year, columns="region", values="revenue", aggfunc="sum")
growth = (table.loc[2026] / table.loc[2025] - 1).sort_values()
print(table.round(0).to_string())
print("\\n\\033[1mGrowth\\033[0m")
for region, rate in growth.items():
    print(f"{region:<8} \\033[32m{rate:+.1%}\\033[0m" if rate > 0 else f"{region:<8} \\033[31m{rate:+.1%}\\033[0m")

figure, axes = plt.subplots(figsize=(7, 3.6))
growth.mul(100).plot.barh(ax=axes, color="#0f766e")
axes.set_title("Growth of revenue, 2025 to 2026")
axes.set_xlabel("percent")
axes.spines[["top", "right"]].set_visible(False)
plt.tight_layout()
plt.show()

table.to_excel("/mnt/data/revenue.xlsx")
`,
      { delay_ms: 4 },
    ),
    say(
      'The **South** grew the most: its revenue rose by 35 % from 2025 to 2026. The North follows with 12 %; the West lost a little.\n\nThe numbers are in [revenue.xlsx](sandbox:/mnt/data/revenue.xlsx).',
      { delay_ms: 4 },
    ),
  );
  const csv =
    'date,region,units,price\n' +
    ['North,100,112', 'South,80,108', 'East,120,126', 'West,90,87']
      .flatMap((line) => {
        const [region, before, after] = line.split(',');
        return [`2025-06-01,${region},${before},21.5`, `2026-06-01,${region},${after},21.5`];
      })
      .join('\n') +
    '\n';
  const assistant = await world.assistant({}, key);
  const file = await world.upload('orders.csv', csv, key);
  const run = await world.ask(assistant, question, { files: [file], key });
  return { assistant, run, question, csv };
}

/** An answer with all that models write of Markdown. */
export const report = `# Revenue by region

The **South** grew the most, *by far*; the ~~East~~ West lost a little.
Orders of \`orders.csv\` count once.

- Growing
  - South: 35 %
  - North: 12 %
- Shrinking, says [the source](https://example.org/orders)

1. Read the orders
2. Sum them up:

   \`\`\`python
   import pandas as pd
   print(orders.groupby("region")["revenue"].sum())  # dollars
   \`\`\`
3. Compare

| Region | 2024 | 2025 | 2026 | Growth | What the managers of the region say about it |
|:--|--:|--:|--:|--:|---|
| South | 1,500 | 1,720 | 2,322 | +35 % | The new shop in the harbour |
| North | 2,000 | 2,150 | 2,408 | +12 % | **Nothing** changed, but for \`prices\` |
| West | 2,100 | 1,935 | 1,870.5 | -3 % | |

## How it was computed

> Revenue is units times price.
> > Without returns.

---

\`\`\`
South  +35.0%
North  +12.0%
\`\`\`

The numbers are in [revenue.xlsx](sandbox:/mnt/data/revenue.xlsx).
`;
