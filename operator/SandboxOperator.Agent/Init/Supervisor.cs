using SandboxOperator.Agent.Link;
using SandboxOperator.Api.Agent;

namespace SandboxOperator.Agent.Init;

/// <summary>
/// The loop of PID 1: one thread that waits for the agent, the kernel, the zygote, dead children and deadlines at once,
/// so that nothing needs a lock and a message crosses no thread on its way.
/// </summary>
/// <remarks>
/// 1. Start the zygote, ask it for a kernel; <c>ready</c> when that answers. What fails is tried again, slower and slower.
/// 2. A run goes to the kernel as soon as there is one.
/// 3. Whenever the kernel's control socket has something to say, both output pipes are emptied first, because what it
///    says comes after what it has printed.
/// 4. At a call's deadline it is interrupted, and killed when it does not stop.
/// 5. A kernel that has ended takes everything it has started with it; the call reads why; then step 1.
/// 6. The agent's end is our end, and with PID 1 all others'.
/// </remarks>
internal sealed class Supervisor : IDisposable
{
    private static readonly TimeSpan ReapTimeout = TimeSpan.FromSeconds(0.5);

    private readonly InitOptions _options;
    private readonly SandboxState _state;
    private readonly TimeProvider _time;
    private readonly int _agent;
    private readonly ChildSignals _signals;
    private readonly KernelStart _start;
    private readonly LinkWriter _writer;
    private readonly LineBuffer _requests = new(LinkReader.MaxLineBytes);
    private readonly byte[] _buffer = new byte[64 * 1024];
    private RunningCall? _call;
    private LinkMessage.Run? _waiting;
    private TimeSpan? _reapDeadline;

    public Supervisor(InitOptions options, SandboxState state, TimeProvider time, int agent, ChildSignals signals)
    {
        _options = options;
        _state = state;
        _time = time;
        _agent = agent;
        _signals = signals;
        _start = new KernelStart(options, state);
        _writer = new LinkWriter(new DescriptorStream(agent));
    }

    private KernelProcess? Kernel => _start.Kernel;

    private TimeSpan Now => _time.GetElapsedTime(0);

    /// <summary>Runs until the agent closes the connection or the platform asks to stop.</summary>
    public unsafe void Run(LinkMessage.Hello hello)
    {
        _writer.Write(hello);
        _start.Begin(Now);
        var polled = stackalloc Native.PollDescriptor[6];
        while (true)
        {
            polled[0] = Watch(_agent);
            polled[1] = Watch(_signals.Descriptor);
            polled[2] = Watch(_start.ZygoteControl);
            polled[3] = Watch(Kernel?.Control ?? -1);
            polled[3].Events |= Kernel is { IsAckOwed: true } ? Native.PollOut : default;
            polled[4] = Watch(Kernel?.Stdout.Descriptor ?? -1);
            polled[5] = Watch(Kernel?.Stderr.Descriptor ?? -1);
            if (Native.Poll(polled, 6, MillisecondsToDeadline()) < 0)
            {
                continue;
            }

            if (polled[3].Returned != 0 || polled[4].Returned != 0 || polled[5].Returned != 0)
            {
                ReadKernel(Kernel!);
            }

            if (polled[1].Returned != 0 && !ReadSignals())
            {
                return;
            }

            if (polled[2].Returned != 0)
            {
                _start.ReadZygote();
            }

            if (polled[0].Returned != 0 && !ReadAgent())
            {
                return;
            }

            MeetDeadline();
        }
    }

    public void Dispose() => _start.Dispose();

    private static Native.PollDescriptor Watch(int descriptor) =>
        new() { Descriptor = descriptor, Events = Native.PollIn };

    private bool ReadAgent()
    {
        if (_requests.ReadFrom(_agent) == 0 || _requests.IsTooLong)
        {
            return false;
        }

        while (_requests.TryTake(out var line))
        {
            switch (LinkReader.Parse(line))
            {
                case LinkMessage.Run run when _call is null && _waiting is null:
                    Begin(run);
                    break;
                case LinkMessage.Run run:
                    _writer.Write(new LinkMessage.Done(run.Call, CallStatuses.Error, "another call is running"));
                    break;
                case LinkMessage.Interrupt interrupt:
                    Interrupt(interrupt.Call);
                    break;
                case var other:
                    throw new LinkException($"the agent does not send {other.GetType().Name}");
            }
        }

        return true;
    }

    private void Begin(LinkMessage.Run run)
    {
        if (Kernel is not { Pid: > 0 } kernel)
        {
            _waiting = run;
            return;
        }

        _waiting = null;
        _call = new RunningCall(run.Call, Now, TimeSpan.FromMilliseconds(Math.Clamp(run.TimeoutMs, 1, 86_400_000)));
        _state.CallStarted();
        kernel.Stdout.Begin(run.Call, _writer);
        kernel.Stderr.Begin(run.Call, _writer);
        if (!kernel.SendRun(run.Call, run.Code))
        {
            kernel.Kill(KillReason.Control);
        }
    }

    private void Interrupt(string call)
    {
        if (string.Equals(_waiting?.Call, call, StringComparison.Ordinal))
        {
            _waiting = null;
            _writer.Write(new LinkMessage.Done(call, CallStatuses.Interrupted, "interrupted before it started"));
        }
        else if (
            string.Equals(_call?.Id, call, StringComparison.Ordinal) && _call!.Interrupt(KillReason.Interrupt, Now)
        )
        {
            Kernel?.Signal(Native.SignalInterrupt, group: true);
        }
    }

    private void ReadKernel(KernelProcess kernel)
    {
        kernel.SendOwedAck();
        var open = kernel.ReadControl();
        kernel.Stdout.Drain(_call?.Id, _writer, _buffer);
        kernel.Stderr.Drain(_call?.Id, _writer, _buffer);
        try
        {
            while (kernel.TakeMessage() is { } message)
            {
                Handle(kernel, message);
            }
        }
        catch (LinkException)
        {
            // kernel.py writes no such line: the user's code did.
            kernel.Kill(KillReason.Control);
            open = false;
        }

        if (open)
        {
            return;
        }

        kernel.CloseControl();
        if (kernel.Pid == 0)
        {
            StartFailed();
        }
        else
        {
            // Mostly it is about to be reaped, and how it ended is the better reason.
            _reapDeadline = Now + ReapTimeout;
        }
    }

    private void Handle(KernelProcess kernel, KernelMessage message)
    {
        switch (message)
        {
            case KernelMessage.Ready ready when kernel.Pid == 0 && ready.Process > 1:
                _start.Succeeded(ready.Process);
                _writer.Write(new LinkMessage.Ready());
                if (_waiting is { } run)
                {
                    Begin(run);
                }

                break;
            case KernelMessage.Sync sync:
                kernel.SendAck(sync.Number);
                break;
            case KernelMessage.Display display:
                if (_call is { } call)
                {
                    _writer.Write(new LinkMessage.Display(call.Id, display.IsResult, display.Data));
                }

                kernel.SendAck(display.Number);
                break;
            case KernelMessage.Error error when _call is { } failed:
                _writer.Write(new LinkMessage.Error(failed.Id, error.Name, error.Value, error.Traceback));
                break;
            case KernelMessage.Done done when string.Equals(done.Call, _call?.Id, StringComparison.Ordinal):
                var (status, text) = _call!.InterruptedFor switch
                {
                    KillReason.Timeout => (CallStatuses.Timeout, Words.TimedOut(_call.Timeout)),
                    KillReason.Interrupt => (CallStatuses.Interrupted, "interrupted; variables are kept"),
                    _ => (done.Ok ? CallStatuses.Ok : CallStatuses.Error, null),
                };
                EndCall(kernel, status, text, stateLost: false);
                break;
        }
    }

    private void EndCall(KernelProcess kernel, string status, string? message, bool stateLost)
    {
        var call = _call!;
        kernel.Stdout.End(call.Id, _writer);
        kernel.Stderr.End(call.Id, _writer);
        _call = null;
        _state.CallEnded();
        var took = (Now - call.StartedAt).TotalMilliseconds;
        _writer.Write(new LinkMessage.Done(call.Id, status, message, stateLost, took));
    }

    /// <summary>False when the platform asks to stop.</summary>
    private bool ReadSignals()
    {
        var goOn = _signals.Read();
        while (ChildSignals.Reap() is var (pid, status))
        {
            if (pid == _start.ZygotePid)
            {
                _start.ZygoteEnded();
                if (Kernel is not { Pid: > 0 })
                {
                    StartFailed();
                }
            }
            else if (pid == Kernel?.Pid)
            {
                KernelEnded(Kernel, status);
            }
        }

        return goOn;
    }

    private void KernelEnded(KernelProcess kernel, int? status)
    {
        kernel.Reaped();
        // What it has started is ended first, so that its last words have an end.
        ProcessTable.KillAllBut(_start.ZygotePid);
        ReadLastWords(kernel);
        var message =
            kernel.Reason == KillReason.None
                ? Words.Ended(status)
                : Words.Killed(kernel.Reason, _options, _call?.Timeout ?? default);
        if (_call is null)
        {
            _writer.Write(new LinkMessage.Lost(message));
        }
        else
        {
            var ended = kernel.Reason switch
            {
                KillReason.Timeout => CallStatuses.Timeout,
                KillReason.Interrupt => CallStatuses.Interrupted,
                _ => CallStatuses.Killed,
            };
            EndCall(kernel, ended, message, stateLost: true);
        }

        _start.Forget();
        _reapDeadline = null;
        _start.Begin(Now);
    }

    private void ReadLastWords(KernelProcess kernel)
    {
        kernel.ReadControl();
        kernel.Stdout.Drain(_call?.Id, _writer, _buffer);
        kernel.Stderr.Drain(_call?.Id, _writer, _buffer);
        if (kernel.Reason == KillReason.Control)
        {
            return;
        }

        try
        {
            while (kernel.TakeMessage() is { } message)
            {
                Handle(kernel, message);
            }
        }
        catch (LinkException)
        {
            // Cut in the middle of a line by its end.
        }
    }

    private void StartFailed()
    {
        _start.Failed(Now);
        if (_start.IsHopeless && _waiting is { } run)
        {
            _waiting = null;
            _writer.Write(
                new LinkMessage.Done(
                    run.Call,
                    CallStatuses.Killed,
                    "the Python kernel does not start; the sandbox's log says why",
                    StateLost: true
                )
            );
        }
    }

    private int MillisecondsToDeadline()
    {
        var next = _reapDeadline ?? (Kernel is not { Pid: > 0 } ? _start.Deadline : _call?.Deadline);
        return next is { } deadline ? (int)Math.Clamp((deadline - Now).TotalMilliseconds + 1, 0, 60_000) : -1;
    }

    private void MeetDeadline()
    {
        if (_reapDeadline is { } reap && Kernel is { } closed)
        {
            if (Now >= reap && !closed.Kill(KillReason.Control))
            {
                KernelEnded(closed, status: null);
            }
        }
        else if (Kernel is { Pid: > 0 } kernel)
        {
            if (_call is not { } call || Now < call.Deadline)
            {
                return;
            }

            if (call.Interrupt(KillReason.Timeout, Now))
            {
                kernel.Signal(Native.SignalInterrupt, group: true);
            }
            else
            {
                kernel.Kill(call.InterruptedFor);
                call.Postpone(Now);
            }
        }
        else
        {
            _start.MeetDeadline(Now);
        }
    }
}
