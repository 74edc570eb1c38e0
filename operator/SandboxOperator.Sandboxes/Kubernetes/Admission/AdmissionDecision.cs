namespace SandboxOperator.Sandboxes.Kubernetes.Admission;

/// <summary>Whether there is room for a thread's sandbox.</summary>
/// <param name="Suspend">The name of the session that must give way first; null for none.</param>
/// <param name="FullSetting">The setting that stands in the way; null when there is room.</param>
internal readonly record struct AdmissionDecision(string? Suspend, string? FullSetting)
{
    public static AdmissionDecision Admit { get; }

    public static AdmissionDecision After(string session) => new(session, FullSetting: null);

    public static AdmissionDecision Refuse(string setting) => new(Suspend: null, setting);
}
