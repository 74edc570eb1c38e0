using DiffPlex;
using DiffPlex.DiffBuilder;
using DiffPlex.DiffBuilder.Model;

namespace SandboxOperator.Gateway.Console.Text;

/// <summary>Compares two versions of a program by lines.</summary>
public static class CodeDiff
{
    /// <summary>Lines around a change that are shown with it.</summary>
    private const int Context = 3;

    /// <summary>More are not compared: it would take long, and nobody reads it.</summary>
    private const int MaxLines = 2000;

    /// <summary>The lines that changed, with some around them; null when there is nothing to compare.</summary>
    public static IReadOnlyList<DiffLine>? Compare(string before, string after)
    {
        // What counts as a line here must be what is compared as one: a carriage return ends one, too.
        (before, after) = (LineEnds(before), LineEnds(after));
        if (before.AsSpan().Count('\n') > MaxLines || after.AsSpan().Count('\n') > MaxLines)
        {
            return null;
        }

        before = HiddenCharacters.Show(before.TrimEnd());
        after = HiddenCharacters.Show(after.TrimEnd());
        var lines = new InlineDiffBuilder(new Differ())
            .BuildDiffModel(before, after, ignoreWhitespace: false)
            .Lines.Select(line => new DiffLine(KindOf(line.Type), line.Text))
            .ToList();
        return lines.TrueForAll(line => line.Kind == DiffLineKind.Same) ? null : Shorten(lines);
    }

    private static string LineEnds(string text) =>
        text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');

    private static DiffLineKind KindOf(ChangeType type) =>
        type switch
        {
            ChangeType.Inserted => DiffLineKind.Added,
            ChangeType.Deleted => DiffLineKind.Removed,
            _ => DiffLineKind.Same,
        };

    private static List<DiffLine> Shorten(List<DiffLine> lines)
    {
        // 1. Which lines are near a change.
        var near = new bool[lines.Count];
        for (var index = 0; index < lines.Count; index++)
        {
            if (lines[index].Kind != DiffLineKind.Same)
            {
                var from = Math.Max(0, index - Context);
                near.AsSpan(from, Math.Min(lines.Count, index + Context + 1) - from).Fill(value: true);
            }
        }

        // 2. Those, and gaps in place of the others.
        var shown = new List<DiffLine>();
        for (var index = 0; index < lines.Count; index++)
        {
            if (near[index])
            {
                shown.Add(lines[index]);
                continue;
            }

            var end = Array.IndexOf(near, value: true, index);
            var count = (end < 0 ? lines.Count : end) - index;
            shown.Add(new DiffLine(DiffLineKind.Gap, count == 1 ? "1 line" : $"{count} lines"));
            index += count - 1;
        }

        return shown;
    }
}
