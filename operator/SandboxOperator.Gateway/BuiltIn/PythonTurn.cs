using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SandboxOperator.Gateway.Conversation;

namespace SandboxOperator.Gateway.BuiltIn;

/// <summary>What <c>builtin/python</c> does next: run code, or answer.</summary>
internal sealed partial record PythonTurn(string? Code, string? Text)
{
    private const string Help =
        "I am builtin/python, the built-in model: I run Python and think nothing. Send code in a fenced block, for example\n\n"
        + "```python\nprint(6 * 7)\n```\n\n"
        + "and I run it in this thread's sandbox and answer with its output. Attached files are in `/mnt/data`. "
        + "For a model that writes the code itself set `OPENAI_BASE_URL` and `OPENAI_API_KEY` of the gateway.";

    private const int MaxLinks = 20;

    private const string NoTool =
        "I can only run Python, and this assistant has no tool for it. Add `{\"type\": \"code_interpreter\"}` to its tools.";

    /// <summary>
    /// The next turn of a conversation: the block after those that were run since the user's latest message, or the
    /// answer when all were run or one of them failed.
    /// </summary>
    public static PythonTurn Next(JsonObject body)
    {
        var messages = (body["messages"] as JsonArray)?.OfType<JsonObject>().ToList() ?? [];
        var last = messages.FindLastIndex(message => (string?)message["role"] == "user");
        var blocks = PythonBlocks.Find(last < 0 ? "" : AttachedNote().Replace(TextOf(messages[last]), ""));
        var outputs = messages
            .Skip(last + 1)
            .Where(message => (string?)message["role"] == "tool")
            .Select(TextOf)
            .ToList();
        if (outputs.Count == 0 && !CanRunPython(body))
        {
            return new PythonTurn(null, NoTool);
        }
        if (outputs.Count == 0 && blocks.Count == 0)
        {
            return new PythonTurn(null, WithAttached(last < 0 ? "" : TextOf(messages[last])));
        }
        var hasFailed = outputs.Count > 0 && IsFailure(outputs[^1]);
        return outputs.Count < blocks.Count && !hasFailed && CanRunPython(body)
            ? new PythonTurn(blocks[outputs.Count], null)
            : new PythonTurn(null, Answer(outputs, blocks.Count));
    }

    private static bool IsFailure(string output) =>
        output.Contains("Traceback (most recent call last)", StringComparison.Ordinal) || ErrorLine().IsMatch(output);

    private static string Answer(List<string> outputs, int blockCount)
    {
        var text = new StringBuilder();
        for (var i = 0; i < outputs.Count; i++)
        {
            if (blockCount > 1)
            {
                text.Append("Block ").Append(i + 1).Append(":\n\n");
            }
            var output = Note().Replace(outputs[i], "").Trim('\n');
            if (output.Length > 0)
            {
                var fence = FenceFor(output);
                text.Append(fence).Append('\n').Append(output).Append('\n').Append(fence).Append("\n\n");
            }
            else
            {
                text.Append("The code ran and printed nothing.\n\n");
            }
        }
        if (outputs.Count < blockCount)
        {
            text.Append("The blocks after it were not run.\n\n");
        }
        var files = outputs.SelectMany(Files).Distinct(StringComparer.Ordinal).Take(MaxLinks).ToList();
        if (files.Count > 0)
        {
            text.Append("Files:\n\n");
            foreach (var file in files)
            {
                var label = file.Replace("[", "(", StringComparison.Ordinal)
                    .Replace("]", ")", StringComparison.Ordinal);
                var target = string.Join('/', file.Split('/').Select(Uri.EscapeDataString));
                text.Append("- [").Append(label).Append("](sandbox:/mnt/data/").Append(target).Append(")\n");
            }
        }
        return text.ToString().TrimEnd();
    }

    private static IEnumerable<string> Files(string output) =>
        FilesNote()
            .Matches(output)
            .SelectMany(match => match.Groups["files"].Value.Split("; "))
            .Select(file => FileEntry().Match(file))
            .Where(match => match.Success)
            .Select(match => match.Groups["path"].Value);

    private static string WithAttached(string text)
    {
        var attached = AttachedNote().Match(text);
        if (!attached.Groups["path"].Success)
        {
            return Help;
        }
        var path = attached.Groups["path"].Value;
        return $"I see {path}. {Help}\n\nTo look at the file, send\n\n```python\nprint(open({JsonSerializer.Serialize(path)}).read(2000))\n```";
    }

    private static string FenceFor(string output)
    {
        var fence = "```";
        while (output.Contains(fence, StringComparison.Ordinal))
        {
            fence += "`";
        }
        return fence;
    }

    private static bool CanRunPython(JsonObject body) =>
        (string?)(body["tool_choice"] as JsonValue) != "none"
        && body["tools"] is JsonArray tools
        && tools.Any(tool => (string?)tool?["function"]?["name"] == ModelTools.Python);

    private static string TextOf(JsonObject message) =>
        message["content"] switch
        {
            JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
            JsonArray parts => string.Join('\n', parts.Select(part => (string?)part?["text"] ?? "")),
            _ => "",
        };

    [GeneratedRegex(
        @"^\[(Files written in /mnt/data: |Picture shown to the user: |The code ran and printed nothing).*\]\n?",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Note();

    [GeneratedRegex(
        @"^\[Files written in /mnt/data: (?<files>.*)\]$",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex FilesNote();

    [GeneratedRegex(
        @"^(?<path>.+) \([0-9.]+ (bytes|KiB|MiB|GiB|TiB)\)$",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex FileEntry();

    [GeneratedRegex(
        @"\[Attached: (?<path>/mnt/data/[^,\]]+)?[^\]]*\]$",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex AttachedNote();

    /// <summary>Errors of syntax come without the usual head of a traceback.</summary>
    [GeneratedRegex(
        @"^(SyntaxError|IndentationError|TabError): ",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex ErrorLine();
}
