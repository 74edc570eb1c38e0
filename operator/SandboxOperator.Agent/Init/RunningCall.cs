namespace SandboxOperator.Agent.Init;

/// <summary>The call that runs now. Times are those of one clock, in its own units since its start.</summary>
internal sealed class RunningCall(string id, TimeSpan startedAt, TimeSpan timeout, Aftermath aftermath)
{
    /// <summary>How long code may take to stop after an interrupt.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    // What computes in the background may go on for ever: that is no bomb.
    private static readonly TimeSpan LongestUnrest = TimeSpan.FromSeconds(0.3);
    private static readonly TimeSpan LookPeriod = TimeSpan.FromMilliseconds(5);

    private static readonly TimeSpan SoonOver = TimeSpan.FromMilliseconds(2);

    private TimeSpan? _codeEndedAt;

    public string Id { get; } = id;

    public TimeSpan StartedAt { get; } = startedAt;

    public TimeSpan Timeout { get; } = timeout;

    /// <summary>
    /// Until then what is printed waits in its pipe: most calls are over by then, and then their output and their end
    /// wake everybody on their way once.
    /// </summary>
    public TimeSpan OutputFrom { get; } = startedAt + SoonOver;

    public Aftermath Aftermath { get; } = aftermath;

    /// <summary>Whether the agent has been told that it is not soon over.</summary>
    public bool IsAnnounced { get; set; }

    /// <summary>None until it was interrupted; then why.</summary>
    public KillReason InterruptedFor { get; private set; }

    /// <summary>What the kernel said at the end of the code, while the call waits for its aftermath; else null.</summary>
    public KernelMessage.Done? CodeEnd { get; private set; }

    /// <summary>When something is next to be done: first interrupt, then kill; or look at the aftermath again.</summary>
    public TimeSpan Deadline { get; private set; } = startedAt + timeout;

    /// <summary>Notes that it is being interrupted; false when it was before, or its code has ended.</summary>
    public bool Interrupt(KillReason reason, TimeSpan now)
    {
        if (InterruptedFor != KillReason.None || CodeEnd is not null)
        {
            return false;
        }

        InterruptedFor = reason;
        Deadline = now + Grace;
        return true;
    }

    /// <summary>Puts the next deadline off, after it has been killed.</summary>
    public void Postpone(TimeSpan now) => Deadline = now + Grace;

    /// <summary>Notes that its code has ended, but not yet all that it has started; false when that takes too long.</summary>
    public bool AwaitRest(KernelMessage.Done end, TimeSpan now)
    {
        CodeEnd = end;
        _codeEndedAt ??= now;
        Deadline = now + LookPeriod;
        return now - _codeEndedAt < LongestUnrest;
    }
}
