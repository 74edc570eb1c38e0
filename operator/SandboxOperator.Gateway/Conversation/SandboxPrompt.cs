using System.Globalization;
using System.Text;

namespace SandboxOperator.Gateway.Conversation;

/// <summary>What the model is told about the sandbox; the words are in <c>Conversation/Prompts/sandbox.md</c>.</summary>
internal static class SandboxPrompt
{
    private const int MaxFiles = 60;
    private const int MaxNameChars = 200;
    private static readonly string Template = Prompts
        .Read("sandbox.md")
        .Replace("{{libraries}}", Libraries(Prompts.Read("libraries.txt")), StringComparison.Ordinal);

    /// <summary>The text for a situation.</summary>
    public static string Render(SandboxSituation situation) =>
        Template
            .Replace("{{limits}}\n", Limits(situation), StringComparison.Ordinal)
            .Replace("{{state_lost}}\n", StateLost(situation), StringComparison.Ordinal)
            .Replace("{{files}}", Files(situation), StringComparison.Ordinal);

    /// <summary>A name that comes from users or code, on one line and of bounded length.</summary>
    public static string Printable(string name)
    {
        var text = new StringBuilder();
        foreach (var rune in name.EnumerateRunes())
        {
            if (text.Length >= MaxNameChars)
            {
                text.Append('…');
                break;
            }
            text.Append(Rune.IsControl(rune) ? "\uFFFD" : rune.ToString());
        }
        return text.ToString();
    }

    /// <summary>The modules of the runtime's list: package, module, and perhaps the word optional in each line.</summary>
    private static string Libraries(string list)
    {
        var lines = list.Split('\n')
            .Select(line => line.Split('#')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(columns => columns.Length >= 2)
            .ToList();
        string Names(bool optional) =>
            string.Join(
                ", ",
                lines.Where(columns => columns.Contains("optional") == optional).Select(columns => columns[1])
            );
        return $"Installed modules: {Names(optional: false)}; perhaps also: {Names(optional: true)}.";
    }

    private static string Limits(SandboxSituation situation)
    {
        var limits = new List<string>();
        if (situation.CallSeconds is { } seconds)
        {
            limits.Add(string.Create(CultureInfo.InvariantCulture, $"{seconds} seconds a call"));
        }
        if (situation.MemoryMiB is { } memory)
        {
            limits.Add(string.Create(CultureInfo.InvariantCulture, $"{memory} MiB of memory"));
        }
        if (situation.DiskMiB is { } disk)
        {
            limits.Add(string.Create(CultureInfo.InvariantCulture, $"{disk} MiB of disk"));
        }
        return limits.Count == 0
            ? ""
            : $"- Limits: {string.Join(", ", limits)}. Read large files in pieces; very long output is cut in the middle.\n";
    }

    private static string StateLost(SandboxSituation situation) =>
        situation.StateLost is { } reason
            ? $"- Variables and imports of earlier code in this conversation are gone ({reason}): define what you need again.\n"
            : "";

    private static string Files(SandboxSituation situation)
    {
        if (situation.Files.Count == 0)
        {
            return "None yet.";
        }
        var text = new StringBuilder();
        foreach (var file in situation.Files.Take(MaxFiles))
        {
            text.Append(CultureInfo.InvariantCulture, $"- {Printable(file.Path)} ({ByteSize.Text(file.Bytes)})");
            if (file.FileId is { } id && id != file.Path)
            {
                text.Append(CultureInfo.InvariantCulture, $", also as {Printable(id)}");
            }
            text.Append('\n');
        }
        var more = situation.OmittedFiles + Math.Max(0, situation.Files.Count - MaxFiles);
        if (more > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"- and {more} more: list the directory to see them\n");
        }
        return text.ToString().TrimEnd();
    }
}
