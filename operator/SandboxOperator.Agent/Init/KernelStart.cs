namespace SandboxOperator.Agent.Init;

/// <summary>
/// Brings kernels to life: starts the zygote when there is none, asks it for a kernel, and tries again what fails, at
/// once the first time, then slower and slower. Times are the loop's.
/// </summary>
internal sealed class KernelStart(InitOptions options, SandboxState state) : IDisposable
{
    private const int HopelessFailures = 3;
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(5);

    private readonly Zygote _zygote = new(options);
    private int _failures;

    /// <summary>The kernel that lives or is being born; null between two attempts.</summary>
    public KernelProcess? Kernel { get; private set; }

    /// <summary>0 while it does not run.</summary>
    public int ZygotePid => _zygote.Pid;

    /// <summary>Readable when the zygote has something to say, or has ended; negative while there is none.</summary>
    public int ZygoteControl => _zygote.Control;

    /// <summary>While no kernel is ready: when it is next to be seen after.</summary>
    public TimeSpan Deadline { get; private set; }

    /// <summary>True when it has failed so often that nobody should wait for it.</summary>
    public bool IsHopeless => _failures >= HopelessFailures;

    /// <summary>True once a kernel has been up.</summary>
    public bool HasSucceeded { get; private set; }

    /// <summary>Asks for a kernel, which says itself when it is ready.</summary>
    public void Begin(TimeSpan now)
    {
        StartZygote();
        Kernel = _zygote.RequestKernel();
        state.Kernel = Kernel;
        Deadline = now + StartTimeout;
        if (Kernel is null)
        {
            Failed(now);
        }
    }

    /// <summary>The kernel is ready and has this process id.</summary>
    public void Succeeded(int pid)
    {
        Kernel!.BecomeReady(pid);
        HasSucceeded = true;
        _failures = 0;
    }

    /// <summary>The kernel was not born; what is left of the attempt is ended.</summary>
    public void Failed(TimeSpan now)
    {
        Forget();
        state.Kernel = null;
        ProcessTable.KillAllBut(_zygote.Pid);
        var wait = TimeSpan.FromMilliseconds(Math.Min(100 << Math.Min(_failures, 10), LongestRetry.TotalMilliseconds));
        Deadline = now + (_failures == 0 ? TimeSpan.Zero : wait);
        _failures++;
    }

    /// <summary>The kernel has ended after it was ready.</summary>
    public void Forget()
    {
        Kernel?.Dispose();
        Kernel = null;
    }

    /// <summary>Reads what the zygote says. One that has closed its socket can do nothing more and is ended.</summary>
    public void ReadZygote()
    {
        if (_zygote.Control >= 0 && !_zygote.Read())
        {
            _ = Native.Kill(_zygote.Pid, Native.SignalKill);
            _zygote.CloseControl();
        }
    }

    /// <summary>The zygote has ended. A kernel that is ready lives on, and the next zygote is there for the next one.</summary>
    public void ZygoteEnded()
    {
        _zygote.Ended();
        state.ZygotePid = 0;
        if (Kernel is { Pid: > 0 })
        {
            StartZygote();
        }
    }

    /// <summary>Begins again, or ends a zygote that is stuck while importing.</summary>
    public void MeetDeadline(TimeSpan now)
    {
        if (now < Deadline)
        {
            return;
        }

        if (Kernel is null)
        {
            Begin(now);
        }
        else
        {
            _ = Native.Kill(_zygote.Pid, Native.SignalKill);
            Deadline = now + StartTimeout;
        }
    }

    public void Dispose() => Forget();

    private void StartZygote()
    {
        if (_zygote.Pid == 0 && _zygote.Start())
        {
            state.ZygotePid = _zygote.Pid;
        }
    }
}
