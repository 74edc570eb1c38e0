using System.Net;

namespace SandboxOperator.Kube.Exec;

/// <summary>A command in a pod could not be started, failed, or was cut off.</summary>
/// <param name="message">What happened.</param>
/// <param name="inner">The cause.</param>
public sealed class ExecException(string message, Exception? inner = null) : IOException(message, inner)
{
    /// <summary>What the API server answered instead of a stream; null when one was opened.</summary>
    public HttpStatusCode? Refused { get; init; }

    /// <summary>How the command ended; null when nobody knows.</summary>
    public ExecResult? Result { get; init; }
}
