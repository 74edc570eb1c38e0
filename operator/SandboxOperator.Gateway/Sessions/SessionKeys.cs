using SandboxOperator.Sandboxes;

namespace SandboxOperator.Gateway.Sessions;

/// <summary>Names the sessions of threads.</summary>
internal static class SessionKeys
{
    /// <param name="project">The thread's project.</param>
    /// <param name="threadId">The thread.</param>
    /// <param name="ordinal">Which of its sessions.</param>
    /// <param name="given">The session made by hand that is the thread's first one; null for none.</param>
    public static SessionKey Of(string project, string threadId, int ordinal, string? given) =>
        new(project, threadId, ordinal) { Given = ordinal == 1 ? given : null };
}
