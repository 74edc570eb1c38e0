namespace SandboxOperator.Sandboxes.Kubernetes.Admission;

/// <summary>Decides who gets room for a sandbox.</summary>
/// <param name="Sessions">How many sessions may have one.</param>
/// <param name="SessionsPerProject">How many of one project; null: all of them.</param>
internal sealed record AdmissionPlan(int Sessions, int? SessionsPerProject)
{
    /// <summary>A replica reports activity every 30 seconds: who did so twice as lately may be at work there.</summary>
    public static readonly TimeSpan SeenElsewhere = TimeSpan.FromSeconds(60);

    /// <summary>How far another replica's clock may be ahead. What says to have been used later than that was not.</summary>
    public static readonly TimeSpan MostSkew = TimeSpan.FromMinutes(5);

    /// <summary>
    /// 1. A thread that holds a slot or has a sandbox needs no more.
    /// 2. When its project is full, the longest-idle session of the project gives way.
    /// 3. When everything is full, the longest-idle session of all does.
    /// A session that is active, or whose thread holds a slot, never gives way.
    /// </summary>
    /// <param name="thread">Who asks.</param>
    /// <param name="occupants">The sessions that have sandboxes.</param>
    /// <param name="slots">The threads that hold slots here, with or without a sandbox.</param>
    public AdmissionDecision Decide(
        ThreadOwner thread,
        IReadOnlyCollection<Occupant> occupants,
        IReadOnlyCollection<ThreadOwner> slots
    )
    {
        if (slots.Contains(thread) || occupants.Any(occupant => occupant.Thread == thread))
        {
            return AdmissionDecision.Admit;
        }

        var threads = occupants.Select(occupant => occupant.Thread).ToHashSet();
        var waiting = slots.Where(slot => !threads.Contains(slot)).ToList();
        if (Taken(OfProject) >= SessionsPerProject)
        {
            return Longest(OfProject, nameof(KubernetesSandboxOptions.SessionsPerProject));
        }

        return Taken(_ => true) >= Sessions
            ? Longest(_ => true, nameof(KubernetesSandboxOptions.Sessions))
            : AdmissionDecision.Admit;

        bool OfProject(ThreadOwner other) => string.Equals(other.Project, thread.Project, StringComparison.Ordinal);

        int Taken(Func<ThreadOwner, bool> counts) =>
            occupants.Count(occupant => counts(occupant.Thread)) + waiting.Count(counts);

        AdmissionDecision Longest(Func<ThreadOwner, bool> counts, string setting) =>
            occupants
                .Where(occupant => !occupant.Active && counts(occupant.Thread) && !slots.Contains(occupant.Thread))
                .MinBy(occupant => occupant.LastActivityAt)
                is { } longest
                ? AdmissionDecision.After(longest.Session)
                : AdmissionDecision.Refuse(setting);
    }

    /// <summary>Whether a session may be in use on another replica.</summary>
    /// <param name="lastActivity">The last use that was reported.</param>
    /// <param name="ownReport">The last activity that this replica reported or saw itself; null for none.</param>
    /// <param name="now">This replica's time.</param>
    public static bool IsUsedElsewhere(DateTimeOffset lastActivity, DateTimeOffset? ownReport, DateTimeOffset now) =>
        now - lastActivity < SeenElsewhere && lastActivity - now <= MostSkew && !(ownReport >= lastActivity);
}
