namespace SandboxOperator.Sandboxes.Local.Sessions;

/// <summary>Whether there is room, perhaps after stopping another session's sandbox.</summary>
/// <param name="Admitted">Whether there is room.</param>
/// <param name="Stop">The session whose sandbox must be stopped first, or null.</param>
internal readonly record struct AdmissionDecision(bool Admitted, string? Stop)
{
    public static AdmissionDecision Admit => new(Admitted: true, Stop: null);

    public static AdmissionDecision Refuse => new(Admitted: false, Stop: null);

    public static AdmissionDecision After(string stopped) => new(Admitted: true, stopped);
}
