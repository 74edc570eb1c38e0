using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace SandboxOperator.Kube.Tests.Fakes;

/// <summary>The server's side of an exec stream: speaks the protocols it is told, as API server and kubelet do.</summary>
internal sealed class FakeExec(FakeApiServer server, string protocol, Func<FakeExec, Task> command)
{
    private WebSocket _socket = null!;

    public string Query { get; private set; } = "";

    public List<string> Offered { get; } = [];

    public int LargestFrame { get; private set; }

    public bool InputHasEnded { get; private set; }

    public void Install() => server.Instead = HandleAsync;

    public Task SendAsync(byte channel, ReadOnlySpan<byte> data, bool endOfMessage = true) =>
        _socket.SendAsync(
            (byte[])[channel, .. data],
            WebSocketMessageType.Binary,
            endOfMessage,
            CancellationToken.None
        );

    public Task SendRestAsync(byte[] data) =>
        _socket.SendAsync(data, WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);

    public Task SucceedAsync() => SendAsync(3, """{"metadata":{},"status":"Success"}"""u8);

    public Task FailAsync(int code)
    {
        var status = new JsonObject
        {
            ["status"] = "Failure",
            ["reason"] = "NonZeroExitCode",
            ["message"] = $"command terminated with exit code {code}",
            ["details"] = new JsonObject
            {
                ["causes"] = new JsonArray(new JsonObject { ["reason"] = "ExitCode", ["message"] = $"{code}" }),
            },
        };
        return SendAsync(3, Encoding.UTF8.GetBytes(status.ToJsonString()));
    }

    public Task CloseAsync() =>
        _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, statusDescription: null, CancellationToken.None);

    /// <summary>The next piece of input; null at its end or when the client has gone.</summary>
    public async Task<byte[]?> ReceiveAsync()
    {
        var buffer = new byte[1 << 20];
        var length = 0;
        while (true)
        {
            ValueWebSocketReceiveResult result;
            try
            {
                result = await _socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
            }
            catch (WebSocketException)
            {
                return null;
            }

            length += result.Count;
            if (result.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            if (result.EndOfMessage)
            {
                LargestFrame = Math.Max(LargestFrame, length);
                if (buffer[0] == 255 && length == 2 && buffer[1] == 0)
                {
                    InputHasEnded = true;
                    return null;
                }

                return buffer[0] == 0
                    ? buffer[1..length]
                    : throw new InvalidOperationException("not a channel for input");
            }
        }
    }

    private async Task<bool> HandleAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            return false;
        }

        Query = context.Request.QueryString.ToString();
        Offered.AddRange(context.WebSockets.WebSocketRequestedProtocols);
        _socket = await context.WebSockets.AcceptWebSocketAsync(protocol);
        // Real servers begin with an empty message on every channel.
        for (byte channel = 1; channel <= 3; channel++)
        {
            await SendAsync(channel, []);
        }

        await command(this);
        return true;
    }
}
