using SandboxOperator.Agent.Link;

namespace SandboxOperator.Agent.Init;

/// <summary>
/// The loop of PID 1: one thread that waits for the agent, the kernel, the zygote, dead children and deadlines at once,
/// so that nothing needs a lock and a message crosses no thread on its way.
/// </summary>
/// <remarks>
/// 1. Start the zygote, ask it for a kernel; <c>ready</c> when that answers. What fails is tried again, slower and slower.
/// 2. Calls go to the kernel: see <see cref="CallDesk"/>.
/// 3. A kernel that has ended takes everything it has started with it; the call reads why; then step 1.
/// 4. The agent's end is our end, and with PID 1 all others'.
/// </remarks>
internal sealed class Supervisor : IDisposable
{
    private const int WriteBytes = 16 * 1024;
    private static readonly TimeSpan ReapTimeout = TimeSpan.FromSeconds(0.5);

    private readonly TimeProvider _time;
    private readonly int _agent;
    private readonly ChildSignals _signals;
    private readonly KernelStart _start;
    private readonly LinkWriter _writer;
    private readonly CallDesk _calls;
    private readonly LineBuffer _requests = new(LinkReader.MaxLineBytes);
    private TimeSpan? _reapDeadline;

    public Supervisor(InitOptions options, SandboxState state, TimeProvider time, int agent, ChildSignals signals)
    {
        _time = time;
        _agent = agent;
        _signals = signals;
        _start = new KernelStart(options, state);
        _writer = new LinkWriter(new BufferedStream(new DescriptorStream(agent), WriteBytes));
        _calls = new CallDesk(options, state, _start, _writer);
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
            var now = Now;
            _calls.Announce(now);
            _writer.Flush();
            var outputFrom = _calls.OutputFrom(now);
            polled[0] = Watch(_agent);
            polled[1] = Watch(_signals.Descriptor);
            polled[2] = Watch(_start.ZygoteControl);
            polled[3] = Watch(Kernel?.Control ?? -1);
            polled[3].Events |= Kernel is { IsAckOwed: true } ? Native.PollOut : default;
            polled[4] = Watch(outputFrom is null ? Kernel?.Stdout.Descriptor ?? -1 : -1);
            polled[5] = Watch(outputFrom is null ? Kernel?.Stderr.Descriptor ?? -1 : -1);
            if (Native.Poll(polled, 6, MillisecondsToDeadline(outputFrom)) < 0)
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
                case LinkMessage.Run run:
                    _calls.Take(run, Now);
                    break;
                case LinkMessage.Interrupt interrupt:
                    _calls.Interrupt(interrupt.Call, Now);
                    break;
                case var other:
                    throw new LinkException($"the agent does not send {other.GetType().Name}");
            }
        }

        return true;
    }

    private void ReadKernel(KernelProcess kernel)
    {
        if (_calls.Read(kernel, Now))
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

    /// <summary>False when the platform asks to stop.</summary>
    private bool ReadSignals()
    {
        var goOn = _signals.Read();
        Reap();
        return goOn;
    }

    private void Reap()
    {
        while (ChildSignals.Reap() is var (pid, status))
        {
            if (pid == _start.ZygotePid)
            {
                _start.ZygoteEnded();
                // Unless its end was seen before, on the socket of the kernel that it was to bear.
                if (Kernel is { Pid: 0 })
                {
                    StartFailed();
                }
            }
            else if (pid == Kernel?.Pid)
            {
                KernelEnded(Kernel, status);
            }
        }
    }

    private void KernelEnded(KernelProcess kernel, int? status)
    {
        kernel.Reaped();
        // What it has started is ended first, so that its last words have an end.
        ProcessTable.KillAllBut(_start.ZygotePid);
        _calls.KernelEnded(kernel, status, Now);
        _start.Forget();
        _reapDeadline = null;
        // The dead count as processes until they are reaped, and the next kernel needs room.
        Reap();
        _start.Begin(Now);
    }

    private void StartFailed()
    {
        _start.Failed(Now);
        if (_start.IsHopeless)
        {
            _calls.GiveUp();
            if (!_start.HasSucceeded)
            {
                // Then it is the image or the settings: whoever made the sandbox shall learn it.
                throw new IOException("the Python kernel does not start; what it wrote stands above");
            }
        }
    }

    private int MillisecondsToDeadline(TimeSpan? outputFrom)
    {
        var next = outputFrom ?? _reapDeadline ?? (Kernel is not { Pid: > 0 } ? _start.Deadline : _calls.Deadline);
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
            _calls.MeetDeadline(kernel, Now);
        }
        else
        {
            _start.MeetDeadline(Now);
        }
    }
}
