namespace SandboxOperator.Agent.Init;

/// <summary>
/// What a call leaves behind. A fork bomb that the system refuses a process ends its call like any exception, while its
/// copies go on forking into the next one. So a call that has started processes is over only when the sandbox has come
/// to rest; what it has started may then stay, as long as it is not too much.
/// </summary>
internal sealed class Aftermath(int limit)
{
    private readonly long? _startedBefore = ProcessTable.Started();
    private readonly List<int> _pids = [];

    /// <summary>Whether the call has started anything at all, as far as that is to be seen.</summary>
    public bool IsWorthALook => _startedBefore is null || ProcessTable.Started() != _startedBefore;

    /// <summary>Looks at every process beside init, the zygote and the kernel.</summary>
    public AftermathState Look(int zygote, int kernel)
    {
        ProcessTable.List(_pids);
        var alive = 0;
        var busy = false;
        foreach (var pid in _pids)
        {
            if (pid > 1 && pid != zygote && pid != kernel && ProcessTable.State(pid) is { } state)
            {
                alive++;
                busy |= state is 'R' or 'D';
            }
        }

        return alive >= limit ? AftermathState.Crowded
            : busy ? AftermathState.Restless
            : AftermathState.Settled;
    }
}
