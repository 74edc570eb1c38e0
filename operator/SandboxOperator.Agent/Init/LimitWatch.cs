namespace SandboxOperator.Agent.Init;

/// <summary>
/// Watches memory and the number of processes on a thread of its own, and ends the kernel with all that it has started
/// before the platform would end the sandbox.
/// </summary>
internal sealed class LimitWatch(InitOptions options, SandboxState state)
{
    private const int BusyPeriod = 50;
    private const int IdlePeriod = 250;
    private const int NearLimitPeriod = 5;

    // What one local socket can hold of unread bytes, which belong to no process. The filter keeps code from raising it.
    private const long SocketBytes = 256 << 10;

    private readonly Lock _checking = new();
    private readonly List<int> _pids = [];

    /// <summary>Where the watch acts: 90 % of the limit, so that there is room for what grows meanwhile.</summary>
    private long MemoryThreshold => options.MemoryBytes / 10 * 9;

    /// <summary>From where on it is looked more often.</summary>
    private long NearThreshold => MemoryThreshold / 4 * 3;

    public void Start()
    {
        state.CallStarts += CheckLeftovers;
        new Thread(Run, 256 * 1024) { IsBackground = true, Name = "limits" }.Start();
    }

    /// <summary>
    /// A kernel that an earlier call has left over the limit, which nobody has seen yet, is ended before the next one
    /// starts: that runs in another.
    /// </summary>
    private void CheckLeftovers()
    {
        if (state.Kernel is { Pid: > 0 } kernel && ProcessTable.ResidentBytes(kernel.Pid) > NearThreshold)
        {
            lock (_checking)
            {
                Check();
            }
        }
    }

    private unsafe void Run()
    {
        while (true)
        {
            long used;
            lock (_checking)
            {
                used = Check();
            }

            var period = state.IsBusy ? BusyPeriod : IdlePeriod;
            _ = Native.Poll(null, 0, used > NearThreshold ? NearLimitPeriod : period);
        }
    }

    // 1. Count processes. 2. Add up resident bytes, which is cheap and never too low, and what the system itself holds
    // for them. 3. Only if that is too much, ask for the exact sum, which makes the system walk every page table.
    private long Check()
    {
        // Whoever is there when counting begins is who is judged: its successor has not done it.
        var kernel = state.Kernel;
        var zygote = state.ZygotePid;
        ProcessTable.List(_pids);
        if (Count(zygote, _ => true) > options.Processes && Count(zygote, ProcessTable.IsAlive) > options.Processes)
        {
            Kill(kernel, KillReason.Processes, zygote);
            return 0;
        }

        var buffers = ProcessTable.Sockets() * SocketBytes;
        var used = _pids.Sum(ProcessTable.MemoryBytes) + buffers;
        if (used <= MemoryThreshold)
        {
            return used;
        }

        used = ExactBytes(zygote) + buffers;
        if (used > MemoryThreshold)
        {
            Kill(kernel, KillReason.Memory, zygote);
        }

        return used;
    }

    private int Count(int zygote, Func<int, bool> counts) =>
        _pids.Count(pid => pid > 1 && pid != zygote && counts(pid));

    // The zygote closes its page tables to others. What its forks share with it they report as their smaller share, so
    // that the difference tells what part of the zygote's pages they have counted already.
    private long ExactBytes(int zygote)
    {
        long total = 0;
        long counted = 0;
        foreach (var pid in _pids)
        {
            if (pid == zygote)
            {
                continue;
            }

            var resident = ProcessTable.ResidentBytes(pid);
            var share = ProcessTable.ProportionalBytes(pid) ?? resident;
            total += share + ProcessTable.PageTableBytes(pid);
            counted += Math.Max(0, resident - share);
        }

        return total + Math.Max(0, ProcessTable.ResidentBytes(zygote) - counted);
    }

    // Between two kernels, whoever is left was left behind by the last one; a kernel being born does not grow.
    private static void Kill(KernelProcess? kernel, KillReason reason, int zygote)
    {
        if (kernel?.Kill(reason) == true)
        {
            ProcessTable.KillAllBut(zygote);
        }
    }
}
