using System.Text;
using System.Text.Json;

namespace SandboxOperator.Benchmarks;

/// <summary>Shows rows as a Markdown table and as JSON.</summary>
internal static class Report
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static string Markdown(IEnumerable<Row> rows)
    {
        var table = new StringBuilder("| what | measured | against | goal | seen | met |\n|---|---|---|---|---|---|\n");
        foreach (var row in rows)
        {
            table.Append(
                $"| {row.What} | {row.Measured} | {row.Against} | {row.Goal} | {row.Shown} | {(row.Met ? "yes" : "no")} |\n"
            );
        }

        return table.ToString();
    }

    public static async Task WriteJsonAsync(string path, IReadOnlyList<Row> rows, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        await File.WriteAllTextAsync(path, JsonSerializer.Serialize(rows, Json), cancellationToken);
    }
}
