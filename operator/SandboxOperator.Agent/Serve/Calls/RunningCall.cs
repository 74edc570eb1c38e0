using SandboxOperator.Agent.Link;
using SandboxOperator.Agent.Serve.Files;
using SandboxOperator.Agent.Serve.Kernels;
using SandboxOperator.Api.Agent;

namespace SandboxOperator.Agent.Serve.Calls;

/// <summary>The call that runs now: bounds what comes from the kernel side and makes the call's events of it.</summary>
internal sealed class RunningCall(KnownCall known, IKernelConnection kernel, FileSnapshot filesBefore, long outputBytes)
{
    private const int MaxErrorNameBytes = 256;
    private const long MaxOmittedBytes = 1L << 50;
    private const int MaxErrorTextBytes = 64 * 1024;
    private const int MaxMessageBytes = 4 * 1024;

    private readonly OutputCutter _cutter = new(outputBytes);
    private readonly DisplayBudget _displays = new();
    private CallError? _error;

    public KnownCall Known { get; } = known;

    /// <summary>The connection that the code was sent over.</summary>
    public IKernelConnection Kernel { get; } = kernel;

    public CallTranscript Transcript { get; } = new();

    /// <summary>What ends the call when init does not; set once it is sent.</summary>
    public ITimer? Deadline { get; set; }

    /// <summary>True once a caller wanted it to end.</summary>
    public bool IsInterrupted { get; set; }

    public void Output(bool isError, string text) =>
        Transcript.Add(new OutputPiece(isError, _cutter.Add(isError, text)));

    /// <summary>Output before which the sandbox has left out so many bytes.</summary>
    public void Output(bool isError, string text, long omittedBytes)
    {
        if (omittedBytes > 0)
        {
            _cutter.Omit(Math.Min(omittedBytes, MaxOmittedBytes));
        }

        Output(isError, text);
    }

    public void Display(LinkMessage.Display display)
    {
        if (_displays.Refuse(display.Data) is { } reason)
        {
            Output(isError: true, $"[Something displayed was left out: {reason}.]\n");
            return;
        }

        Transcript.Add(new CallDisplay { IsResult = display.IsResult, Data = display.Data });
    }

    /// <summary>Keeps the first exception. It is passed on at the end, behind the rest of the output.</summary>
    public void Error(LinkMessage.Error error) =>
        _error ??= new CallError
        {
            Name = Utf8.Shorten(error.Name, MaxErrorNameBytes),
            Value = Utf8.Shorten(error.Value, MaxErrorTextBytes),
            Traceback = Utf8.Shorten(error.Traceback, MaxErrorTextBytes),
        };

    /// <summary>Everything up to <see cref="CallDone"/>, which is returned to be added once the result is recorded.</summary>
    public CallDone Finish(LinkMessage.Done done, FileSnapshot filesAfter)
    {
        // 1. The rest of the output, with the mark of the cut.
        var rest = _cutter.Finish(out var omitted);
        foreach (var piece in rest)
        {
            Transcript.Add(piece);
        }

        // 2. The exception.
        if (_error is not null)
        {
            Transcript.Add(_error);
        }

        // 3. The files.
        if (filesAfter.ChangesSince(filesBefore) is { } files)
        {
            Transcript.Add(files);
        }

        return new CallDone
        {
            Status = done.Status,
            Message = done.Message is null ? null : Utf8.Shorten(done.Message, MaxMessageBytes),
            StateLost = done.StateLost,
            DurationMs = Math.Max(0, done.DurationMs),
            OmittedBytes = omitted,
        };
    }
}
