using System.Text;

namespace SandboxOperator.Gateway.BuiltIn;

/// <summary>Finds the fenced blocks of Python in a message.</summary>
internal static class PythonBlocks
{
    private static readonly string[] Languages = ["", "python", "python3", "py", "ipython"];

    /// <summary>
    /// The code of blocks between lines of three or more backticks or tildes, marked as Python or not marked. A fence
    /// that is never closed ends with the text.
    /// </summary>
    public static IReadOnlyList<string> Find(string text)
    {
        var blocks = new List<string>();
        StringBuilder? open = null;
        var fence = "";
        var isPython = false;
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            var trimmed = line.Trim();
            if (open is null)
            {
                if (FenceOf(trimmed) is { } opening)
                {
                    fence = opening;
                    isPython = IsPython(trimmed[opening.Length..]);
                    open = new StringBuilder();
                }
            }
            else if (FenceOf(trimmed) == trimmed && trimmed.StartsWith(fence, StringComparison.Ordinal))
            {
                Add(open);
                open = null;
            }
            else
            {
                open.Append(line).Append('\n');
            }
        }
        if (open is not null)
        {
            Add(open);
        }
        return blocks;

        void Add(StringBuilder block)
        {
            if (isPython && block.ToString().Trim().Length > 0)
            {
                blocks.Add(block.ToString().TrimEnd('\n'));
            }
        }
    }

    private static bool IsPython(string info) =>
        Languages.Contains(info.Trim().Split(' ', '{', ',')[0], StringComparer.OrdinalIgnoreCase);

    private static string? FenceOf(string line)
    {
        if (line.Length < 3 || line[0] is not ('`' or '~'))
        {
            return null;
        }
        var length = line.TakeWhile(c => c == line[0]).Count();
        return length >= 3 ? line[..length] : null;
    }
}
