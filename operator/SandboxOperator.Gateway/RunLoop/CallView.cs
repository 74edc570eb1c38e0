using System.Text;
using SandboxOperator.Api.Agent;
using SandboxOperator.Gateway.Conversation;
using SandboxOperator.Gateway.RunLoop.Steps;
using SandboxOperator.Gateway.Sessions;
using SandboxOperator.Gateway.Store.Entities;
using SandboxOperator.Gateway.Telemetry;

namespace SandboxOperator.Gateway.RunLoop;

/// <summary>What is seen of a call: by clients in its step, by the model in its transcript.</summary>
internal sealed class CallView(
    PythonStep step,
    AnswerFiles answerFiles,
    Action<string> pictureShown,
    CallSpan? span,
    TimeProvider time
)
{
    private const int MaxPiecesTogether = 16;
    private const int MaxPictures = 32;
    private const int MaxLogChars = 1024 * 1024;

    private readonly CallTranscript _transcript = new();
    private readonly StringBuilder _waiting = new();
    private int _pieces;
    private int _pictures;
    private int _logChars;
    private bool _endsLine = true;

    /// <summary>The files of the call.</summary>
    public CallFileList Files { get; } = new(step.CallId);

    /// <summary>When the first output came; null while there is none.</summary>
    public DateTimeOffset? FirstOutputAt { get; private set; }

    /// <summary>What the sandbox says of a call that did not come to its end by itself.</summary>
    public string? Message { get; private set; }

    /// <summary>What the model reads.</summary>
    public string Text => _transcript.ToString();

    /// <summary>Variables of earlier calls are gone.</summary>
    public void StateLost(string reason) => _transcript.Add(new CallStarted { StateLost = reason });

    /// <summary>Tells the model something.</summary>
    public void Note(string note) => _transcript.AddNote(note);

    /// <summary>Follows a call to its end.</summary>
    /// <returns>How it ended.</returns>
    public async Task<string> FollowAsync(IAsyncEnumerable<CallEvent> events, CancellationToken cancellationToken)
    {
        var status = CallStatuses.Lost;
        await using var stream = events.GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            var next = stream.MoveNextAsync().AsTask();
            if (!next.IsCompleted || _pieces >= MaxPiecesTogether)
            {
                Flush();
            }

            if (!await next)
            {
                return status;
            }

            await AddAsync(stream.Current, cancellationToken);
            if (stream.Current is CallDone done)
            {
                Message = done.Message;
                status = done.Status;
            }
        }
    }

    /// <summary>The call has ended: its span hears how, and what the run has paid for sessions.</summary>
    public void End(string status, RunEntity run) => span?.Ended(status, Files, Text, run.SessionNanos);

    /// <summary>Shows what has come so far.</summary>
    public void Flush()
    {
        _pieces = 0;
        if (_waiting.Length > 0)
        {
            step.Logs(_waiting.ToString());
            _waiting.Clear();
        }
    }

    private async Task AddAsync(CallEvent item, CancellationToken cancellationToken)
    {
        span?.Hears(item);
        if (item is CallOutput or CallDisplay or CallError)
        {
            FirstOutputAt ??= time.GetUtcNow();
        }

        switch (item)
        {
            case CallOutput output:
                Log(output.Text);
                break;
            case CallError error:
                LogLine(error.Traceback.Length > 0 ? error.Traceback : $"{error.Name}: {error.Value}");
                break;
            case CallDisplay display when PictureOf(display) is { } picture:
                await AddPictureAsync(display, picture.Type, picture.Base64, cancellationToken);
                return;
            case CallDisplay display when display.Data.TryGetValue("text/plain", out var text):
                LogLine(text);
                break;
            case CallFiles written:
                foreach (var file in written.Files)
                {
                    answerFiles.Changed(file.Path, Files);
                    Files.Changes(file.Path, file.Bytes);
                }

                break;
            case CallDone { Message: { } message }:
                LogLine(message);
                break;
        }

        _transcript.Add(item);
    }

    private async Task AddPictureAsync(
        CallDisplay display,
        string type,
        string base64,
        CancellationToken cancellationToken
    )
    {
        var bytes = new byte[base64.Length];
        if (_pictures >= MaxPictures || !Convert.TryFromBase64String(base64, bytes, out var length) || length == 0)
        {
            _transcript.Add(display);
            return;
        }

        _pictures++;
        var extension = type == "image/png" ? "png" : "jpg";
        using var content = new MemoryStream(bytes, 0, length, writable: false);
        try
        {
            var name = $"{Guid.NewGuid()}.{extension}";
            var id = await answerFiles.KeepPictureAsync(name, content, cancellationToken);
            Files.Shows(id, name, length);
            Flush();
            step.Image(id);
            pictureShown(id);
            _transcript.Add(display, id);
        }
        catch (NotDeliveredException refused)
        {
            var note = $"A picture of {ByteSize.Text(length)} was displayed, but not kept: {refused.Message}";
            LogLine($"[{note}]");
            Note(note);
        }
    }

    private static (string Type, string Base64)? PictureOf(CallDisplay display)
    {
        foreach (var type in (ReadOnlySpan<string>)["image/png", "image/jpeg"])
        {
            if (display.Data.TryGetValue(type, out var base64))
            {
                return (type, base64);
            }
        }

        return null;
    }

    private void LogLine(string text)
    {
        if (!_endsLine)
        {
            Log("\n");
        }

        Log(text.EndsWith('\n') ? text : text + "\n");
    }

    private void Log(string text)
    {
        var room = MaxLogChars - _logChars;
        if (text.Length == 0 || room <= 0)
        {
            return;
        }

        if (text.Length > room)
        {
            text = text[..room] + "\n[Further output is not shown.]\n";
        }

        _logChars += text.Length;
        _endsLine = text[^1] == '\n';
        _waiting.Append(text);
        _pieces++;
    }
}
