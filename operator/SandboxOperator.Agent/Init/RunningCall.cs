namespace SandboxOperator.Agent.Init;

/// <summary>The call that runs now. Times are those of one clock, in its own units since its start.</summary>
internal sealed class RunningCall(string id, TimeSpan startedAt, TimeSpan timeout)
{
    /// <summary>How long code may take to stop after an interrupt.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    public string Id { get; } = id;

    public TimeSpan StartedAt { get; } = startedAt;

    public TimeSpan Timeout { get; } = timeout;

    /// <summary>None until it was interrupted; then why.</summary>
    public KillReason InterruptedFor { get; private set; }

    /// <summary>When something is next to be done: first interrupt, then kill.</summary>
    public TimeSpan Deadline { get; private set; } = startedAt + timeout;

    /// <summary>Notes that it is being interrupted; false when it was before.</summary>
    public bool Interrupt(KillReason reason, TimeSpan now)
    {
        if (InterruptedFor != KillReason.None)
        {
            return false;
        }

        InterruptedFor = reason;
        Deadline = now + Grace;
        return true;
    }

    /// <summary>Puts the next deadline off, after it has been killed.</summary>
    public void Postpone(TimeSpan now) => Deadline = now + Grace;
}
