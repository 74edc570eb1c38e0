namespace SandboxOperator.Sandboxes;

/// <summary>Warns the people who look after the sandboxes where they look first: in a cluster, by its events.</summary>
public interface ISessionWarnings
{
    /// <summary>Warns in the background. Nothing waits and nothing fails.</summary>
    /// <param name="project">The project of the thread.</param>
    /// <param name="threadId">
    /// The thread whose session it is about. While that has none, the warning is about what its sessions are made from.
    /// </param>
    /// <param name="reason">Why, in one word in CamelCase.</param>
    /// <param name="message">What happened, in a sentence. The same again is counted, not repeated.</param>
    void Warn(string project, string threadId, string reason, string message);
}
