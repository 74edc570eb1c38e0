namespace SandboxOperator.Agent.Init;

/// <summary>
/// Watches bytes and files on a thread of its own. Folders are walked when the file systems underneath have lost free
/// space, or from time to time during a call, and never for more than a fifth of the time.
/// </summary>
internal sealed class DiskWatch(InitOptions options, SandboxState state, TimeProvider time)
{
    // Its size is bounded when it is mounted, the number of files in it is not.
    private const string SharedMemory = "/dev/shm";
    private const int BusyPeriod = 50;
    private const int IdlePeriod = 1000;
    private const long LooksAtBytes = 16 << 20;
    private const long LooksAtFiles = 1000;
    private static readonly TimeSpan LooksAfter = TimeSpan.FromSeconds(2);

    private readonly DiskUsage _usage = new([options.Data, .. options.Scratch, SharedMemory]);
    private readonly DiskJudge _bytes = new(options.DiskBytes);
    private readonly DiskJudge _files = new(options.Files);
    private readonly Lock _measuring = new();
    private volatile Level _free = new(0, 0);
    private TimeSpan _measuredAt;
    private TimeSpan _measuringTook;
    private int _measuredCall;

    public void Start()
    {
        state.CallStarts += MeasureLeftovers;
        new Thread(Run) { IsBackground = true, Name = "disk" }.Start();
    }

    /// <summary>
    /// What an earlier call has left over a limit may stay, and is measured before the next one starts: what nobody has
    /// seen grow yet is the last one's doing and not the next one's, and what was deleted is not there to be written again.
    /// With some room, because others may have freed space on the same file system.
    /// </summary>
    private void MeasureLeftovers()
    {
        var (before, now) = (_free, Free());
        if (
            _bytes.MayBeOver(before.Bytes - now.Bytes + LooksAtBytes)
            || _files.MayBeOver(before.Files - now.Files + LooksAtFiles)
        )
        {
            lock (_measuring)
            {
                var free = Free();
                var used = _usage.Measure(state.ZygotePid);
                Act(state.Kernel, busy: false, _bytes.Leave(used.Bytes), _files.Leave(used.Files), state.Call);
                _free = free;
            }
        }
    }

    private unsafe void Run()
    {
        lock (_measuring)
        {
            Measure(state.Call);
        }

        while (true)
        {
            lock (_measuring)
            {
                var call = state.Call;
                if (IsDue(call))
                {
                    Measure(call);
                }
            }

            _ = Native.Poll(null, 0, state.IsBusy ? BusyPeriod : IdlePeriod);
        }
    }

    private void Measure(int call)
    {
        var now = time.GetElapsedTime(0);
        // Whoever is there when measuring begins is who is judged: its successor has not done it.
        var kernel = state.Kernel;
        var busy = state.IsBusy;
        var free = Free();
        var used = _usage.Measure(state.ZygotePid);
        Act(kernel, busy, _bytes.Judge(used.Bytes, call, now), _files.Judge(used.Files, call, now), call);
        // Not before the judges know the sum: what was added in between then counts twice rather than not at all.
        _free = free;
        _measuredAt = time.GetElapsedTime(0);
        _measuringTook = _measuredAt - now;
        _measuredCall = state.IsBusy ? _measuredCall : call;
    }

    private bool IsDue(int call)
    {
        var since = time.GetElapsedTime(0) - _measuredAt;
        if (since < _measuringTook * 4)
        {
            return false;
        }

        if (since > LooksAfter && call != _measuredCall)
        {
            return true;
        }

        var free = Free();
        return _free.Bytes - free.Bytes > LooksAtBytes || _free.Files - free.Files > LooksAtFiles;
    }

    private void Act(KernelProcess? kernel, bool busy, DiskAction bytes, DiskAction files, int call)
    {
        var action = bytes > files ? bytes : files;
        if (kernel is null || action == DiskAction.None)
        {
            return;
        }

        state.ActFor(
            call,
            () =>
            {
                if (action == DiskAction.Kill && kernel.Kill(files > bytes ? KillReason.Files : KillReason.Disk))
                {
                    ProcessTable.KillAllBut(state.ZygotePid);
                }
                else if (action == DiskAction.Warn && busy)
                {
                    // After the call there is nobody to be told; what goes on writing then is ended next time.
                    kernel.Signal(Native.SignalUser1);
                }
            }
        );
    }

    private Level Free()
    {
        var (bytes, files) = _usage.Free();
        return new Level(bytes, files);
    }

    private sealed record Level(long Bytes, long Files);
}
