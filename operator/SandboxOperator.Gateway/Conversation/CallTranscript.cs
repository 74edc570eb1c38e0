using System.Text;
using SandboxOperator.Api.Agent;

namespace SandboxOperator.Gateway.Conversation;

/// <summary>
/// What the model reads of a call, made from its events in order: output, results, traceback, and notes in brackets
/// for pictures, files and bad luck. Long output keeps its head and its tail; the cut is marked.
/// </summary>
internal sealed class CallTranscript(int maxChars = CallTranscript.DefaultMaxChars)
{
    /// <summary>Enough for a table or a traceback, little enough for many calls in one context.</summary>
    public const int DefaultMaxChars = 20_000;

    private const int MaxFilesNamed = 50;
    private readonly CutText _output = new(maxChars * 3 / 5, maxChars * 2 / 5);
    private readonly List<string> _notes = [];
    private string? _stream;
    private string? _stateLost;

    /// <summary>Adds an event.</summary>
    /// <param name="callEvent">The event.</param>
    /// <param name="pictures">How the pictures of a <see cref="CallDisplay"/> are called towards the user.</param>
    public void Add(CallEvent callEvent, params ReadOnlySpan<string> pictures)
    {
        switch (callEvent)
        {
            case CallStarted { StateLost: { } reason }:
                _stateLost = reason;
                break;
            case CallOutput output:
                AddOutput(output);
                break;
            case CallDisplay display:
                AddDisplay(display, pictures);
                break;
            case CallError error:
                StartLine(null);
                _output.Append(error.Traceback.Length > 0 ? error.Traceback : $"{error.Name}: {error.Value}");
                break;
            case CallFiles files:
                AddFiles(files);
                break;
            case CallDone done:
                AddDone(done);
                break;
        }
    }

    /// <summary>Adds a note, for example that the sandbox was lost.</summary>
    public void AddNote(string note) => _notes.Add($"[{note}]");

    /// <summary>The text for the model; never empty.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        if (_stateLost is not null)
        {
            text.Append("[Before this call, variables and imports of earlier code were lost: ")
                .Append(_stateLost)
                .Append("]\n");
        }
        text.Append(_output);
        foreach (var note in _notes)
        {
            if (text.Length > 0 && text[^1] != '\n')
            {
                text.Append('\n');
            }
            text.Append(note);
        }
        return text.Length == 0 ? "[The code ran and printed nothing.]" : text.ToString();
    }

    private void AddOutput(CallOutput output)
    {
        if (output.Text.Length == 0)
        {
            return;
        }
        if (output.Stream != _stream)
        {
            StartLine(output.Stream);
        }
        _output.Append(output.Text);
    }

    private void AddDisplay(CallDisplay display, ReadOnlySpan<string> pictures)
    {
        if (display.Data.Keys.Any(type => type.StartsWith("image/", StringComparison.Ordinal)))
        {
            StartLine(null);
            foreach (var picture in pictures)
            {
                _output.Append($"[Picture shown to the user: {SandboxPrompt.Printable(picture)}]\n");
            }
            if (pictures.IsEmpty)
            {
                _output.Append("[A picture was displayed, but could not be shown.]\n");
            }
            return;
        }
        if (display.Data.TryGetValue("text/plain", out var text) || display.Data.TryGetValue("text/markdown", out text))
        {
            StartLine(null);
            _output.Append(text);
            StartLine(null);
        }
    }

    private void AddFiles(CallFiles files)
    {
        var named = files.Files.Take(MaxFilesNamed).Select(NameOf).ToList();
        var more = files.Omitted + files.Files.Count - named.Count;
        if (named.Count > 0)
        {
            _notes.Add(
                $"[Files written in /mnt/data: {string.Join("; ", named)}{(more > 0 ? $"; and {more} more" : "")}]"
            );
        }
    }

    private void AddDone(CallDone done)
    {
        if (done.OmittedBytes > 0)
        {
            _notes.Add($"[{ByteSize.Text(done.OmittedBytes)} of output were left out: print less.]");
        }
        var message = done.Status switch
        {
            CallStatuses.Ok or CallStatuses.Error => done.Message,
            CallStatuses.Timeout => done.Message ?? "The call took too long and was stopped.",
            CallStatuses.Interrupted => done.Message ?? "The call was interrupted.",
            CallStatuses.Killed => done.Message ?? "The Python process was killed.",
            CallStatuses.Lost => done.Message ?? "How the call ended is not known; it may have run in part.",
            _ => done.Message ?? $"The call ended: {done.Status}.",
        };
        if (message is not null)
        {
            AddNote(message);
        }
        if (done.StateLost && message?.Contains("variables are lost", StringComparison.Ordinal) != true)
        {
            AddNote("Variables and imports are lost; files in /mnt/data are kept. Define again what you need.");
        }
    }

    private void StartLine(string? stream)
    {
        _stream = stream;
        _output.EnsureLineStart();
    }

    private static string NameOf(FileEntry file) =>
        $"{SandboxPrompt.Printable(file.Path)} ({ByteSize.Text(file.Bytes)})";
}
