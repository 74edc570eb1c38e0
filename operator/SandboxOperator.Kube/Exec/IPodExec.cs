using SandboxOperator.Kube.Client;

namespace SandboxOperator.Kube.Exec;

/// <summary>Runs commands in pods.</summary>
public interface IPodExec
{
    /// <summary>Starts a command and joins its standard streams.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="container">Its container.</param>
    /// <param name="command">The command and its arguments; no shell is involved.</param>
    /// <param name="token">Stops waiting.</param>
    /// <returns>The stream, on a connection of its own.</returns>
    /// <exception cref="ExecException">The command cannot be started; the message says why.</exception>
    Task<ExecStream> OpenAsync(ObjectKey pod, string container, IReadOnlyList<string> command, CancellationToken token);
}
