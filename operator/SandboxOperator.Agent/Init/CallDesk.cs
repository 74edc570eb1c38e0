using SandboxOperator.Agent.Link;
using SandboxOperator.Api.Agent;

namespace SandboxOperator.Agent.Init;

/// <summary>
/// The one call at a time: begins it in a kernel, passes on what that prints and says, and tells the agent how it ended.
/// </summary>
/// <remarks>
/// 1. A call waits for a kernel when there is none.
/// 2. Whenever the kernel's control socket has something to say, both output pipes are emptied first, because what it
///    says comes after what it has printed.
/// 3. At its deadline a call is interrupted, and killed when it does not stop.
/// 4. A call that has started processes ends when they have come to rest, and is killed when they are too many.
/// </remarks>
internal sealed class CallDesk(InitOptions options, SandboxState state, KernelStart start, LinkWriter agent)
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private RunningCall? _call;
    private LinkMessage.Run? _waiting;

    /// <summary>When the running call needs something to be done; null while none runs.</summary>
    public TimeSpan? Deadline => _call?.Deadline;

    /// <summary>Until when what the kernel prints is left in its pipes; null when it is read at once.</summary>
    public TimeSpan? OutputFrom(TimeSpan now) => _call?.OutputFrom is { } from && now < from ? from : null;

    /// <summary>Tells the agent, once, that the running call is not soon over.</summary>
    public void Announce(TimeSpan now)
    {
        if (_call is { IsAnnounced: false } call && now >= call.OutputFrom)
        {
            call.IsAnnounced = true;
            agent.Add(new LinkMessage.Running(call.Id));
        }
    }

    /// <summary>Begins a call, at once or when there is a kernel.</summary>
    public void Take(LinkMessage.Run run, TimeSpan now)
    {
        if (_call is not null || _waiting is not null)
        {
            agent.Write(new LinkMessage.Done(run.Call, CallStatuses.Error, "another call is running"));
        }
        else if (start.Kernel is { Pid: > 0 } kernel)
        {
            Begin(run, kernel, now);
        }
        else
        {
            _waiting = run;
        }
    }

    public void Interrupt(string call, TimeSpan now)
    {
        if (string.Equals(_waiting?.Call, call, StringComparison.Ordinal))
        {
            _waiting = null;
            agent.Write(new LinkMessage.Done(call, CallStatuses.Interrupted, "interrupted before it started"));
        }
        else if (
            string.Equals(_call?.Id, call, StringComparison.Ordinal) && _call!.Interrupt(KillReason.Interrupt, now)
        )
        {
            start.Kernel?.Signal(Native.SignalInterrupt, group: true);
        }
    }

    /// <summary>Passes on what a kernel has printed and said; false when it says nothing more.</summary>
    public bool Read(KernelProcess kernel, TimeSpan now)
    {
        kernel.SendOwedAck();
        var open = kernel.ReadControl();
        Drain(kernel);
        try
        {
            HandleMessages(kernel, now);
            return open;
        }
        catch (LinkException)
        {
            // kernel.py writes no such line: the user's code did.
            kernel.Kill(KillReason.Control);
            return false;
        }
    }

    /// <summary>Interrupts, kills or ends the running call, if that is due.</summary>
    public void MeetDeadline(KernelProcess kernel, TimeSpan now)
    {
        if (_call is not { } call || now < call.Deadline)
        {
            return;
        }

        if (call.CodeEnd is { } end)
        {
            AwaitRest(kernel, call, end, now);
        }
        else if (call.Interrupt(KillReason.Timeout, now))
        {
            kernel.Signal(Native.SignalInterrupt, group: true);
        }
        else
        {
            kernel.Kill(call.InterruptedFor);
            call.Postpone(now);
        }
    }

    /// <summary>A kernel has ended, with this status if it is known; what is left of its words is read.</summary>
    public void KernelEnded(KernelProcess kernel, int? status, TimeSpan now)
    {
        ReadLastWords(kernel, now);
        var message =
            kernel.Reason == KillReason.None
                ? Words.Ended(status)
                : Words.Killed(kernel.Reason, options, _call?.Timeout ?? default);
        if (_call is not { } call)
        {
            agent.Write(new LinkMessage.Lost(message));
            return;
        }

        var ended = kernel.Reason switch
        {
            KillReason.Timeout => CallStatuses.Timeout,
            KillReason.Interrupt => CallStatuses.Interrupted,
            _ => CallStatuses.Killed,
        };
        End(kernel, call, ended, message, stateLost: true, now);
    }

    /// <summary>No kernel comes up: nobody should wait for one any longer.</summary>
    public void GiveUp()
    {
        if (_waiting is not { } run)
        {
            return;
        }

        _waiting = null;
        const string Why = "the Python kernel does not start; the sandbox's log says why";
        agent.Write(new LinkMessage.Done(run.Call, CallStatuses.Killed, Why, StateLost: true));
    }

    private void Begin(LinkMessage.Run run, KernelProcess kernel, TimeSpan now)
    {
        state.CallStarted();
        if (kernel.Reason != KillReason.None)
        {
            // For what an earlier call did: this one runs in the next kernel.
            state.CallEnded();
            _waiting = run;
            return;
        }

        var timeout = TimeSpan.FromMilliseconds(Math.Clamp(run.TimeoutMs, 1, 86_400_000));
        _call = new RunningCall(run.Call, now, timeout, new Aftermath(options.Processes));
        kernel.Stdout.Begin(run.Call, agent);
        kernel.Stderr.Begin(run.Call, agent);
        if (!kernel.SendRun(run.Call, run.Code))
        {
            kernel.Kill(KillReason.Control);
        }
    }

    private void Drain(KernelProcess kernel)
    {
        kernel.Stdout.Drain(_call?.Id, agent, _buffer);
        kernel.Stderr.Drain(_call?.Id, agent, _buffer);
    }

    private void HandleMessages(KernelProcess kernel, TimeSpan now)
    {
        while (kernel.TakeMessage() is { } message)
        {
            Handle(kernel, message, now);
        }
    }

    private void Handle(KernelProcess kernel, KernelMessage message, TimeSpan now)
    {
        switch (message)
        {
            case KernelMessage.Ready ready when kernel.Pid == 0 && ready.Process > 1:
                start.Succeeded(ready.Process);
                agent.Write(new LinkMessage.Ready());
                if (_waiting is { } run)
                {
                    _waiting = null;
                    Begin(run, kernel, now);
                }

                break;
            case KernelMessage.Sync sync:
                kernel.SendAck(sync.Number);
                break;
            case KernelMessage.Display display:
                if (_call is { } call)
                {
                    agent.Write(new LinkMessage.Display(call.Id, display.IsResult, display.Data));
                }

                kernel.SendAck(display.Number);
                break;
            case KernelMessage.Error error when _call is { } failed:
                agent.Write(new LinkMessage.Error(failed.Id, error.Name, error.Value, error.Traceback));
                break;
            case KernelMessage.Done done when _call is { CodeEnd: null } ended && ended.Id == done.Call:
                if (ended.Aftermath.IsWorthALook)
                {
                    AwaitRest(kernel, ended, done, now);
                }
                else
                {
                    End(kernel, ended, done, now);
                }

                break;
        }
    }

    private void AwaitRest(KernelProcess kernel, RunningCall call, KernelMessage.Done end, TimeSpan now)
    {
        var hasTime = call.AwaitRest(end, now);
        switch (call.Aftermath.Look(start.ZygotePid, kernel.Pid))
        {
            case AftermathState.Crowded:
                // The kernel's end will be the call's.
                kernel.Kill(KillReason.Processes);
                ProcessTable.KillAllBut(start.ZygotePid);
                call.Postpone(now);
                break;
            case AftermathState.Restless when hasTime:
                break;
            default:
                End(kernel, call, end, now);
                break;
        }
    }

    private void End(KernelProcess kernel, RunningCall call, KernelMessage.Done done, TimeSpan now)
    {
        var (status, text) = call.InterruptedFor switch
        {
            KillReason.Timeout => (CallStatuses.Timeout, Words.TimedOut(call.Timeout)),
            KillReason.Interrupt => (CallStatuses.Interrupted, "interrupted; variables are kept"),
            _ => (done.Ok ? CallStatuses.Ok : CallStatuses.Error, null),
        };
        End(kernel, call, status, text, stateLost: false, now);
    }

    private void End(
        KernelProcess kernel,
        RunningCall call,
        string status,
        string? message,
        bool stateLost,
        TimeSpan now
    )
    {
        kernel.Stdout.End(call.Id, agent);
        kernel.Stderr.End(call.Id, agent);
        _call = null;
        state.CallEnded();
        var took = (now - call.StartedAt).TotalMilliseconds;
        agent.Write(new LinkMessage.Done(call.Id, status, message, stateLost, took));
    }

    private void ReadLastWords(KernelProcess kernel, TimeSpan now)
    {
        kernel.ReadControl();
        Drain(kernel);
        if (kernel.Reason == KillReason.Control)
        {
            return;
        }

        try
        {
            HandleMessages(kernel, now);
        }
        catch (LinkException)
        {
            // Cut in the middle of a line by its end.
        }
    }
}
