using System.Diagnostics;
using System.Text;
using System.Text.Json;
using SandboxOperator.Api.Agent;
using SandboxOperator.Gateway.Ledger;
using SandboxOperator.Gateway.Sessions;

namespace SandboxOperator.Gateway.Telemetry;

/// <summary>The span of one call. It ends when it is disposed.</summary>
internal sealed class CallSpan : IDisposable
{
    private const int MaxFiles = 50;
    private readonly Activity _span;
    private readonly ContentCapture? _content;
    private readonly TimeProvider _time;
    private readonly StringBuilder _stdout = new();
    private readonly StringBuilder _stderr = new();
    private string? _error;
    private long? _sent;

    /// <param name="span">The span, which is recorded.</param>
    /// <param name="content">The way into it; null when it is not recorded.</param>
    /// <param name="time">Measures the call.</param>
    public CallSpan(Activity span, ContentCapture? content, TimeProvider time) =>
        (_span, _content, _time) = (span, content, time);

    /// <summary>A span that is passed on and not recorded, or none.</summary>
    public static CallSpan? Of(Activity? span) => span is null ? null : new CallSpan(span, null, TimeProvider.System);

    /// <summary>The call has its code and its sandbox, and is sent.</summary>
    public void Sends(string code, string session, OpenedSandbox sandbox)
    {
        if (_content is null)
        {
            return;
        }

        _sent = _time.GetTimestamp();
        _span.SetTag(SandboxNames.Code, _content.Take(code));
        _span.SetTag(SandboxNames.Session, session);
        _span.SetTag(SandboxNames.Launch, SessionRecord.LaunchOf(sandbox.Sandbox));
        _span.SetTag(SandboxNames.Claim, sandbox.Claim.TotalSeconds);
        _span.SetTag(SandboxNames.Connect, sandbox.Connect.TotalSeconds);
    }

    /// <summary>The sandbox says something.</summary>
    public void Hears(CallEvent item)
    {
        if (_content is not { IsOpen: true })
        {
            return;
        }

        switch (item)
        {
            case CallOutput output:
                var text = output.Stream == "stderr" ? _stderr : _stdout;
                var room = _content.MostRaw + 1 - text.Length;
                if (room > 0)
                {
                    text.Append(output.Text.AsSpan(0, Math.Min(room, output.Text.Length)));
                }

                break;
            case CallError error:
                _error = error.Traceback.Length > 0 ? error.Traceback : $"{error.Name}: {error.Value}";
                break;
            case CallDone { Message: { } message }:
                _error ??= message;
                break;
        }
    }

    /// <summary>The call has ended.</summary>
    /// <param name="status">How, one of <see cref="CallStatuses"/>.</param>
    /// <param name="files">What it made.</param>
    /// <param name="result">What the model reads.</param>
    /// <param name="sessionNanos">What the run has paid for sessions so far, in nano-dollars.</param>
    public void Ended(string status, CallFileList files, string result, long sessionNanos)
    {
        if (_content is null)
        {
            return;
        }

        if (_sent is { } sent)
        {
            _span.SetTag(SandboxNames.Execution, _time.GetElapsedTime(sent).TotalSeconds);
        }

        _span.SetTag(SandboxNames.CallStatus, status);
        _span.SetTag(SandboxNames.SessionCost, (double)Nanos.ToDollars(sessionNanos));
        _span.SetTag(SandboxNames.FileCount, files.Files.Count());
        if (status != CallStatuses.Ok)
        {
            _span.SetTag(GenAiNames.ErrorType, status);
            _span.SetStatus(ActivityStatusCode.Error);
        }

        if (_content.IsOpen)
        {
            _span.SetTag(SandboxNames.Stdout, _content.Take(_stdout.ToString()));
            _span.SetTag(SandboxNames.Stderr, _content.Take(_stderr.ToString()));
            _span.SetTag(SandboxNames.Error, _content.Take(_error));
            _span.SetTag(GenAiNames.ToolResult, _content.Take(result));
            var named = files.Files.Take(MaxFiles).Select(file => file with { Name = _content.Take(file.Name) ?? "" });
            _span.SetTag(SandboxNames.Files, JsonSerializer.Serialize(named, JsonSerializerOptions.Web));
        }
    }

    /// <summary>The call did not come to its end here.</summary>
    public void Failed(Exception exception)
    {
        if (_content is not null)
        {
            RunSpans.Fail(_span, exception, _content);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _span.Dispose();
}
