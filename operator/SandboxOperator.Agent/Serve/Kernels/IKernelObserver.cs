using SandboxOperator.Agent.Link;

namespace SandboxOperator.Agent.Serve.Kernels;

/// <summary>Learns what happens on the kernel side, one thing after the other.</summary>
internal interface IKernelObserver
{
    /// <summary>True while neither a call runs nor a kernel is up that could run one.</summary>
    bool IsWaiting { get; }

    /// <summary>Init has connected and introduced itself.</summary>
    void Connected(IKernelConnection connection, LinkMessage.Hello hello);

    /// <summary>Init has sent a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="moreFollows">Whether the next one is there already, so that nobody need be woken for this one.</param>
    /// <exception cref="LinkException">It is not acceptable: the connection is to be ended.</exception>
    void Received(LinkMessage message, bool moreFollows);

    /// <summary>The connection has ended, for this reason in words.</summary>
    void Disconnected(string reason);
}
