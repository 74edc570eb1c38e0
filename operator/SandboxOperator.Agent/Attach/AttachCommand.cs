using System.Net.Sockets;
using SandboxOperator.Agent.CommandLine;
using SandboxOperator.Api.Agent;

namespace SandboxOperator.Agent.Attach;

/// <summary><c>sandbox-agent attach</c>: joins stdin and stdout to the agent's socket.</summary>
internal static class AttachCommand
{
    private const int Failure = 1;
    private const int BufferBytes = 64 * 1024;

    public static int Run(string[] args)
    {
        var arguments = new Arguments(args);
        var path = arguments.Required("--socket");
        arguments.Finish();
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Connect(new UnixDomainSocketEndPoint(path));
            var (input, output) = (Console.OpenStandardInput(), Console.OpenStandardOutput());
            Join(socket, input, output, TimeProvider.System, AgentLocation.AttachIdle);
            return 0;
        }
        catch (SocketException e)
        {
            Console.Error.WriteLine($"sandbox-agent: cannot connect to {path}: {e.Message}");
            return Failure;
        }
    }

    /// <summary>
    /// Copies both ways until either side ends, or no byte has come for so long. Then nothing is waited for: whoever
    /// was at the other end of stdin is gone.
    /// </summary>
    public static void Join(Socket socket, Stream input, Stream output, TimeProvider time, TimeSpan idleTimeout)
    {
        using var ended = new ManualResetEventSlim();
        using var idle = time.CreateTimer(_ => ended.Set(), null, idleTimeout, Timeout.InfiniteTimeSpan);
        var stream = new NetworkStream(socket);
        Start(input, stream);
        Start(stream, output);
        ended.Wait();

        void Start(Stream from, Stream to) => new Thread(() => Copy(from, to)) { IsBackground = true }.Start();

        void Copy(Stream from, Stream to)
        {
            var buffer = new byte[BufferBytes];
            try
            {
                while (from.Read(buffer) is > 0 and var count)
                {
                    idle.Change(idleTimeout, Timeout.InfiniteTimeSpan);
                    to.Write(buffer, 0, count);
                    to.Flush();
                }
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // One end is gone, which ends the whole.
            }

            ended.Set();
        }
    }
}
