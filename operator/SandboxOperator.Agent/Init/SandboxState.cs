namespace SandboxOperator.Agent.Init;

/// <summary>What the loop tells the watches, each value on its own.</summary>
internal sealed class SandboxState
{
    private readonly Lock _turn = new();
    private volatile KernelProcess? _kernel;
    private volatile int _zygotePid;
    private volatile int _call;
    private volatile bool _running;

    /// <summary>The kernel that is there now, ready or not.</summary>
    public KernelProcess? Kernel
    {
        get => _kernel;
        set => _kernel = value;
    }

    /// <summary>0 while there is none.</summary>
    public int ZygotePid
    {
        get => _zygotePid;
        set => _zygotePid = value;
    }

    /// <summary>Counts calls, so that a watch notices a new one.</summary>
    public int Call => _call;

    /// <summary>True while a call runs.</summary>
    public bool IsBusy => _running;

    /// <summary>What is to be done before a call starts, on the loop's thread.</summary>
    public Action? CallStarts { get; set; }

    public void CallStarted()
    {
        CallStarts?.Invoke();
        lock (_turn)
        {
            _call++;
            _running = true;
        }
    }

    /// <summary>
    /// Acts on what was seen during or after the call of that number, unless another one has started since, which is not
    /// to pay for it. None starts meanwhile: one that is about to sees what was done.
    /// </summary>
    public void ActFor(int call, Action act)
    {
        lock (_turn)
        {
            if (call == _call)
            {
                act();
            }
        }
    }

    public void CallEnded() => _running = false;
}
