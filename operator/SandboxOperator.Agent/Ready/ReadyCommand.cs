using System.Net.Sockets;
using System.Text.Json;
using SandboxOperator.Agent.CommandLine;
using SandboxOperator.Api.Agent;

namespace SandboxOperator.Agent.Ready;

/// <summary>
/// <c>sandbox-agent ready</c>: ends when code can run and every way out is blocked, with 1 when that will not be, or not
/// soon. The kubelet runs it until it has succeeded once, and then takes the agent's container for started.
/// </summary>
internal static class ReadyCommand
{
    private const int NotReady = 1;
    private const int LongestAnswer = 1 << 20;
    private const int AnswerTimeoutMs = 5000;
    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromMilliseconds(25);

    public static int Run(string[] args)
    {
        var arguments = new Arguments(args);
        var socket = arguments.Required("--socket");
        var deadline = TimeSpan.FromSeconds(
            arguments.Number("--deadline", 1, 86_400) ?? throw new UsageException("--deadline is missing")
        );
        arguments.Finish();
        var found = WaitAsync(() => Ask(socket), deadline, TimeProvider.System, span => Task.Delay(span))
            .GetAwaiter()
            .GetResult();
        if (found.IsReady)
        {
            return 0;
        }

        Console.Error.WriteLine($"sandbox-agent ready: {found.Missing}");
        return NotReady;
    }

    /// <summary>Asks until the answer is final, or for so long.</summary>
    public static async Task<AgentReadiness> WaitAsync(
        Func<AgentStatus?> ask,
        TimeSpan deadline,
        TimeProvider time,
        Func<TimeSpan, Task> pause
    )
    {
        var start = time.GetTimestamp();
        while (true)
        {
            var found = AgentReadiness.Of(ask());
            if (found.IsFinal || time.GetElapsedTime(start) >= deadline)
            {
                return found;
            }

            await pause(s_betweenLooks);
        }
    }

    /// <summary>The agent's status; null when it does not answer (yet).</summary>
    private static AgentStatus? Ask(string path)
    {
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            {
                ReceiveTimeout = AnswerTimeoutMs,
                SendTimeout = AnswerTimeoutMs,
            };
            socket.Connect(new UnixDomainSocketEndPoint(path));
            // Of this version of HTTP the end of the answer is the end of the connection, and nothing needs decoding.
            socket.Send("GET /status HTTP/1.0\r\n\r\n"u8);
            return Body(ReadToEnd(socket));
        }
        catch (Exception e) when (e is SocketException or JsonException)
        {
            return null;
        }
    }

    private static byte[] ReadToEnd(Socket socket)
    {
        var answer = new byte[LongestAnswer];
        var length = 0;
        while (length < answer.Length && socket.Receive(answer.AsSpan(length)) is > 0 and var count)
        {
            length += count;
        }

        return answer[..length];
    }

    private static AgentStatus? Body(ReadOnlySpan<byte> answer)
    {
        var end = answer.IndexOf("\r\n\r\n"u8);
        var first = answer[..Math.Max(answer.IndexOf("\r\n"u8), 0)];
        return end < 0 || first.IndexOf(" 200 "u8) < 0
            ? null
            : JsonSerializer.Deserialize(answer[(end + 4)..], AgentJson.Default.AgentStatus);
    }
}
