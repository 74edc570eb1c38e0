using SandboxOperator.Agent.Link;

namespace SandboxOperator.Agent.Serve.Kernels;

/// <summary>One connection to init.</summary>
internal interface IKernelConnection
{
    /// <summary>
    /// Sends a message, which takes no time unless init does not read. A failure ends the connection; on an ended one
    /// nothing happens.
    /// </summary>
    void Send(LinkMessage message);

    /// <summary>Ends the connection, and the kernel side if it was launched from here; a new one follows.</summary>
    void Cut(string reason);
}
