using SandboxOperator.Agent.Link;
using SandboxOperator.Agent.Serve.Kernels;
using SandboxOperator.Api.Agent;

namespace SandboxOperator.Agent.Serve.Calls;

/// <content>What the kernel side says.</content>
internal sealed partial class CallRunner
{
    private const int MaxReasonBytes = 4 * 1024;

    /// <inheritdoc />
    public void Connected(IKernelConnection connection, LinkMessage.Hello hello)
    {
        lock (_gate)
        {
            (_kernel, _hello) = (connection, hello);
        }
    }

    /// <inheritdoc />
    public void Received(LinkMessage message, bool moreFollows)
    {
        CallTranscript? told;
        lock (_gate)
        {
            told = _running?.Transcript;
            switch (message)
            {
                case LinkMessage.Ready:
                    _readyDuringCall = true;
                    SetReady(_running is null || _ready);
                    break;
                case LinkMessage.Lost lost:
                    KernelLost(Utf8.Shorten(lost.Message, MaxReasonBytes));
                    break;
                case LinkMessage.Running:
                    break;
                case LinkMessage.Output output when IsRunning(output.Call):
                    _running!.Output(output.Stream == "stderr", output.Text, output.OmittedBytes);
                    break;
                case LinkMessage.Display display when IsRunning(display.Call):
                    _running!.Display(display);
                    break;
                case LinkMessage.Error error when IsRunning(error.Call):
                    _running!.Error(error);
                    break;
                case LinkMessage.Done done when IsRunning(done.Call):
                    CheckStatus(done.Status);
                    End(done);
                    break;
                // What comes late belongs to a call that the agent has ended itself.
                case LinkMessage.Output or LinkMessage.Display or LinkMessage.Error or LinkMessage.Done:
                    break;
                default:
                    throw new LinkException($"init sent a message that only the agent sends: {message.GetType().Name}");
            }
        }

        // An end is told in any case: what follows is not of that call.
        if (!moreFollows || message is LinkMessage.Done)
        {
            told?.Tell();
        }
    }

    /// <inheritdoc />
    public void Disconnected(string reason)
    {
        CallTranscript? told;
        lock (_gate)
        {
            told = _running?.Transcript;
            _kernel = null;
            SetReady(false);
            if (_running is not null)
            {
                End(CallStatuses.Killed, $"killed: {reason}; variables are lost");
            }
            else if (!_closed)
            {
                KernelLost($"{reason}; variables are lost");
            }
        }

        told?.Tell();
    }

    private static void CheckStatus(string status)
    {
        if (
            status
            is not (
                CallStatuses.Ok
                or CallStatuses.Error
                or CallStatuses.Timeout
                or CallStatuses.Interrupted
                or CallStatuses.Killed
            )
        )
        {
            throw new LinkException("init ended a call with a status that does not exist");
        }
    }

    private bool IsRunning(string call) => _running?.Known.Id == call;

    private void KernelLost(string reason)
    {
        SetReady(false);
        _readyDuringCall = false;
        if (_running is not null)
        {
            // The code was sent while the kernel died: it runs in a new one.
            _running.Output(isError: true, $"[The variables of earlier calls are lost: {reason}]\n");
        }
        else if (_hasState)
        {
            Log.KernelLost(_logger, reason);
            _stateLost = reason;
        }

        _hasState = false;
    }

    private void Expire(RunningCall call)
    {
        string status;
        lock (_gate)
        {
            if (_running != call)
            {
                return;
            }

            status = call.IsInterrupted ? CallStatuses.Interrupted : CallStatuses.Timeout;
            End(status, "the kernel did not react and was killed; variables are lost");
        }

        Log.Unanswered(_logger, call.Known.Id, status);
        call.Kernel.Cut("it did not answer in time");
        call.Transcript.Tell();
    }

    private void End(string status, string message)
    {
        if (_running is not null)
        {
            _readyDuringCall = false;
            End(new LinkMessage.Done(_running.Known.Id, status, message, StateLost: true, Elapsed()));
        }
    }

    private double Elapsed() => LastCallAt is { } start ? (_time.GetUtcNow() - start).TotalMilliseconds : 0;

    private void End(LinkMessage.Done done)
    {
        var call = _running!;
        call.Deadline?.Dispose();
        var end = call.Finish(done, _files.Snapshot());

        // Recorded before anybody is told: whoever has read the end can rely on its replay.
        try
        {
            _book.End(call.Known, call.Transcript, end);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.NotRecorded(_logger, e, call.Known.Id);
        }

        _running = null;
        LastCallAt = _time.GetUtcNow();
        _hasState = !done.StateLost;
        SetReady(done.StateLost ? _readyDuringCall : _ready || _readyDuringCall);
        call.Transcript.Add(end);
        Log.Ended(_logger, call.Known.Id, done.Status);
    }

    private void SetReady(bool ready)
    {
        _ready = ready;
        var changed = _changed;
        _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.TrySetResult();
    }
}
