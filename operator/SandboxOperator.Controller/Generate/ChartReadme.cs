using System.Text;

namespace SandboxOperator.Controller.Generate;

/// <summary>The table of values in the chart's README, from the comments in <c>values.yaml</c>.</summary>
internal static class ChartReadme
{
    private const string Start = "<!-- generated values: `make generate` -->\n";
    private const string End = "<!-- end of generated values -->";

    /// <exception cref="InvalidOperationException">A value has no comment, or the document has lost a mark.</exception>
    public static string Update(string document, string values)
    {
        var start = document.IndexOf(Start, StringComparison.Ordinal);
        var end = document.IndexOf(End, StringComparison.Ordinal);
        if (start < 0 || end < start)
        {
            throw new InvalidOperationException($"The document needs the lines {Start.Trim()} and {End}.");
        }

        var table = new StringBuilder("| value | default | meaning |\n|---|---|---|\n");
        foreach (var (path, value, meaning) in Rows(values))
        {
            table.Append($"| `{path}` | `{value}` | {meaning.Replace("|", "\\|", StringComparison.Ordinal)} |\n");
        }

        return document[..(start + Start.Length)] + table + document[end..];
    }

    /// <summary>
    /// The values with a comment. One that opens a map without a comment is a group; a commented one is a value whole, its
    /// lines joined.
    /// </summary>
    internal static IEnumerable<(string Path, string Value, string Meaning)> Rows(string values)
    {
        var path = new List<string>();
        var comment = new List<string>();
        var lines = values.Split('\n');
        for (var index = 0; index < lines.Length; index++)
        {
            var line = lines[index];
            var text = line.Trim();
            if (text.Length == 0)
            {
                comment.Clear();
                continue;
            }

            if (text.StartsWith('#'))
            {
                comment.Add(text.TrimStart('#', ' '));
                continue;
            }

            var depth = Depth(line);
            var (name, value) = Split(text);
            path.RemoveRange(depth, path.Count - depth);
            path.Add(name);
            if (value.Length == 0 && comment.Count == 0)
            {
                continue;
            }

            var inner = new List<string>();
            while (value.Length == 0 && index + 1 < lines.Length && Depth(lines[index + 1]) > depth)
            {
                inner.Add(lines[++index].Trim());
            }

            if (comment.Count == 0)
            {
                throw new InvalidOperationException(
                    $"{string.Join('.', path)} in values.yaml needs a comment above it."
                );
            }

            var shown = inner.Count == 0 ? value : $"{{ {string.Join(", ", inner)} }}";
            yield return (string.Join('.', path), shown, string.Join(' ', comment));
            comment.Clear();
        }
    }

    private static int Depth(string line) => (line.Length - line.TrimStart(' ').Length) / 2;

    private static (string Name, string Value) Split(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return (text[..colon], text[(colon + 1)..].Trim());
    }
}
