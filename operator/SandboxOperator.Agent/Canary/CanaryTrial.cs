using System.Net;
using System.Net.Sockets;
using SandboxOperator.Api.Agent;

namespace SandboxOperator.Agent.Canary;

/// <summary>Tries to reach an address that unrestricted pods reach.</summary>
/// <remarks>
/// <list type="number">
/// <item>Reached: once more after a pause, for enforcement lags behind the birth of a pod; after all patience, open.</item>
/// <item>Silent: packets get lost; the second time in a row, enforced.</item>
/// <item>
/// Refused: once more; after all patience, enforced. Without the patience that it takes a server to start again, nobody
/// can say who refused.
/// </item>
/// </list>
/// </remarks>
internal sealed class CanaryTrial(
    Func<CanaryAttempt> attempt,
    string address,
    TimeProvider time,
    Func<TimeSpan, Task> pause
)
{
    private static readonly TimeSpan s_answerTimeout = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan s_betweenAttempts = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_restart = TimeSpan.FromSeconds(1);

    public CanaryTrial(IPEndPoint canary, TimeProvider time)
        : this(() => Connect(canary), canary.ToString(), time, span => Task.Delay(span, time)) { }

    public async Task<CanaryReport> RunAsync(TimeSpan patience)
    {
        var start = time.GetTimestamp();
        CanaryAttempt? before = null;
        while (true)
        {
            var now = attempt();
            var waited = time.GetElapsedTime(start);
            if (now == CanaryAttempt.Silent && before == CanaryAttempt.Silent)
            {
                return Enforced("did not answer");
            }

            if (now != CanaryAttempt.Silent && waited >= patience)
            {
                return now == CanaryAttempt.Reached ? Open()
                    : patience >= s_restart ? Enforced("refused every connection")
                    : new CanaryReport(
                        NetworkPolicyVerdicts.Unknown,
                        $"{address} refused a connection: a policy, or a server that is just starting."
                    );
            }

            before = now;
            await pause(s_betweenAttempts);
        }
    }

    private CanaryReport Enforced(string how) =>
        new(NetworkPolicyVerdicts.Enforced, $"An unfiltered process of the pod tried {address}, which {how}.");

    private CanaryReport Open() =>
        new(
            NetworkPolicyVerdicts.Open,
            $"An unfiltered process of the pod tried {address} and reached it: network policies are not enforced. "
                + "The filter inside the sandbox does not depend on them."
        );

    private static CanaryAttempt Connect(IPEndPoint canary)
    {
        using var socket = new Socket(canary.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        try
        {
            socket.Connect(canary);
            return CanaryAttempt.Reached;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            // A timer and an answer could both be late on a busy node; this looks for the answer last.
            return socket.Poll(s_answerTimeout, SelectMode.SelectWrite)
                ? Meaning((SocketError)(int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!)
                : CanaryAttempt.Silent;
        }
        catch (SocketException e)
        {
            return Meaning(e.SocketErrorCode);
        }
    }

    private static CanaryAttempt Meaning(SocketError error) =>
        error switch
        {
            SocketError.Success => CanaryAttempt.Reached,
            SocketError.ConnectionRefused or SocketError.ConnectionReset => CanaryAttempt.Refused,
            _ => CanaryAttempt.Silent,
        };
}
