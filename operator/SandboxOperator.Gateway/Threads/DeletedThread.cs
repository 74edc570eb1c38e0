using SandboxOperator.Sandboxes;

namespace SandboxOperator.Gateway.Threads;

/// <summary>A thread whose rows are gone.</summary>
/// <param name="Project">The project it belonged to.</param>
/// <param name="Id">Its id.</param>
/// <param name="Session">Its current session.</param>
/// <param name="ActiveRunId">The run that was active, or null.</param>
internal sealed record DeletedThread(string Project, string Id, SessionKey Session, string? ActiveRunId);
