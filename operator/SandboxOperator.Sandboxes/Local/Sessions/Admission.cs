namespace SandboxOperator.Sandboxes.Local.Sessions;

/// <summary>Decides who gets room for a sandbox.</summary>
internal static class Admission
{
    /// <summary>
    /// Rooms are taken by sandboxes that run and by threads that hold a slot without running one. A thread that has
    /// either needs no more; else, when all rooms are taken, the one that was idle longest and has neither slot nor
    /// request gives way.
    /// </summary>
    /// <param name="thread">Who asks. A slot belongs to the thread, so that it still holds when a session ended and the next begins.</param>
    /// <param name="most">How many rooms there are.</param>
    /// <param name="running">The sandboxes that run.</param>
    /// <param name="slots">The threads that hold a slot.</param>
    public static AdmissionDecision Decide(
        string thread,
        int most,
        IReadOnlyCollection<Room> running,
        IReadOnlyCollection<string> slots
    )
    {
        if (slots.Contains(thread, StringComparer.Ordinal) || running.Any(room => room.IsOf(thread)))
        {
            return AdmissionDecision.Admit;
        }

        var taken = running.Count + slots.Count(slot => !running.Any(room => room.IsOf(slot)));
        if (taken < most)
        {
            return AdmissionDecision.Admit;
        }

        var idle = running.Where(room => !room.Busy && !slots.Contains(room.Thread, StringComparer.Ordinal));
        return idle.MinBy(room => room.LastActivityAt) is { } longest
            ? AdmissionDecision.After(longest.Session)
            : AdmissionDecision.Refuse;
    }

    /// <summary>How many sandboxes fit: those the machine's memory holds, or what the settings say.</summary>
    public static int Most(int? configured, long machineBytes, long sandboxBytes) =>
        configured ?? (int)Math.Clamp(machineBytes / sandboxBytes, 2, 32);
}
