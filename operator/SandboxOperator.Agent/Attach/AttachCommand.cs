using System.Net.Sockets;
using SandboxOperator.Agent.CommandLine;

namespace SandboxOperator.Agent.Attach;

/// <summary>
/// <c>sandbox-agent attach</c>: gives stdin and stdout to the agent, which then speaks HTTP over them itself, and stays
/// until the agent has done with them.
/// </summary>
internal static class AttachCommand
{
    private const int Failure = 1;

    public static int Run(string[] args)
    {
        var arguments = new Arguments(args);
        var path = arguments.Required("--socket");
        arguments.Finish();
        try
        {
            using var agent = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            agent.Connect(HandOver.At(path));
            HandOver.Give(agent);
            // Nothing ever comes but the end.
            agent.Receive(new byte[1]);
            return 0;
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            Console.Error.WriteLine($"sandbox-agent: cannot attach to {path}: {e.Message}");
            return Failure;
        }
    }
}
