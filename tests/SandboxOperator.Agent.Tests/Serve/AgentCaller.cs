using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using SandboxOperator.Api.Agent;

namespace SandboxOperator.Agent.Tests.Serve;

/// <summary>Speaks to an agent over its socket, wherever it runs.</summary>
/// <param name="socket">The agent's socket.</param>
/// <param name="serving">Ends, or fails, when the agent does.</param>
internal sealed class AgentCaller(string socket, Task serving) : IDisposable
{
    public HttpClient Http { get; } =
        new(new SocketsHttpHandler { ConnectCallback = (_, cancellation) => ConnectAsync(socket, cancellation) })
        {
            BaseAddress = new Uri("http://agent"),
            Timeout = TimeSpan.FromMinutes(5),
        };

    /// <summary>The status once it is as wanted.</summary>
    public async Task<AgentStatus> StatusAsync(Predicate<AgentStatus> wanted)
    {
        for (var i = 0; i < 6000 && !serving.IsCompleted; i++)
        {
            try
            {
                var json = await Http.GetStringAsync(new Uri("/status", UriKind.Relative));
                var status = JsonSerializer.Deserialize(json, AgentJson.Default.AgentStatus)!;
                if (wanted(status))
                {
                    return status;
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(50);
        }

        if (serving.IsCompleted)
        {
            await serving;
        }

        throw new TimeoutException("the agent's status does not become as wanted");
    }

    public async Task<HttpResponseMessage> PostAsync(string id, string code, string? incarnation, long epoch)
    {
        incarnation ??= (await StatusAsync(_ => true)).Incarnation;
        var call = new CallRequest
        {
            Id = id,
            Code = code,
            Incarnation = incarnation,
            Epoch = epoch,
        };
        var request = new HttpRequestMessage(HttpMethod.Post, "/calls")
        {
            Content = new StringContent(JsonSerializer.Serialize(call, AgentJson.Default.CallRequest), Encoding.UTF8),
        };
        return await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    public void Dispose() => Http.Dispose();

    private static async ValueTask<Stream> ConnectAsync(string socket, CancellationToken cancellation)
    {
        var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellation);
        return new NetworkStream(connection, ownsSocket: true);
    }
}
