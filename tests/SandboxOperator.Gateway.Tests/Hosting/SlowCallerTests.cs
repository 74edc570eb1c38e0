using System.Net.Sockets;
using System.Text;

namespace SandboxOperator.Gateway.Tests.Hosting;

/// <summary>Callers who hold connections and send next to nothing.</summary>
public sealed class SlowCallerTests
{
    [Fact]
    public async Task Headers_that_do_not_end_close_the_connection()
    {
        await using var gateway = await TestGateway.StartAsync(null, null, "Listen:HeaderSeconds=0.5");
        using var caller = await ConnectAsync(gateway);
        await SendAsync(caller, "GET /v1/models HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
        (await ReadToEndAsync(caller)).ShouldStartWith("HTTP/1.1 408");
    }

    [Fact]
    public async Task A_body_that_comes_too_slowly_is_refused()
    {
        await using var gateway = await TestGateway.StartAsync(null, null, "Listen:MinBytesPerSecond=1000000");
        using var caller = await ConnectAsync(gateway);
        await SendAsync(
            caller,
            "POST /v1/threads HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
        );
        var answer = await ReadToEndAsync(caller);
        answer.ShouldStartWith("HTTP/1.1 408");
        answer.ShouldContain("\"error\"");
    }

    [Fact]
    public async Task Connections_beyond_the_limit_are_closed_and_the_others_served()
    {
        await using var gateway = await TestGateway.StartAsync(null, null, "Listen:MaxConnections=2");
        using var first = await ConnectAsync(gateway);
        using var second = await ConnectAsync(gateway);
        await SendAsync(first, "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n");
        (await first.GetStream().ReadAsync(new byte[1])).ShouldBe(1);
        await SendAsync(second, "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n");
        (await second.GetStream().ReadAsync(new byte[1])).ShouldBe(1);

        using var third = await ConnectAsync(gateway);

        (await ReadToEndAsync(third)).ShouldBe("");
    }

    private static async Task<TcpClient> ConnectAsync(TestGateway gateway)
    {
        var caller = new TcpClient();
        await caller.ConnectAsync("127.0.0.1", gateway.Client.BaseAddress!.Port);
        return caller;
    }

    private static async Task SendAsync(TcpClient caller, string text) =>
        await caller.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text));

    /// <summary>What comes until the gateway closes the connection.</summary>
    private static async Task<string> ReadToEndAsync(TcpClient caller)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var reader = new StreamReader(caller.GetStream());
        try
        {
            return await reader.ReadToEndAsync(deadline.Token);
        }
        catch (IOException)
        {
            // Closed without a word.
            return "";
        }
    }
}
