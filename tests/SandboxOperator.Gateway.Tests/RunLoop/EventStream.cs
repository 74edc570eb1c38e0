using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json.Nodes;
using SandboxOperator.Gateway.Tests.Hosting;

namespace SandboxOperator.Gateway.Tests.RunLoop;

/// <summary>An open stream of events, read as they come.</summary>
internal sealed class EventStream : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly IAsyncEnumerator<SseItem<string>> _items;

    private EventStream(HttpResponseMessage response, IAsyncEnumerator<SseItem<string>> items)
    {
        _response = response;
        _items = items;
    }

    public HttpResponseMessage Response => _response;

    public static async Task<EventStream> OpenAsync(TestGateway gateway, string path, string json)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(json, Encoding.UTF8, "application/json"),
        };
        var response = await gateway.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        ((int)response.StatusCode).ShouldBe(
            200,
            response.IsSuccessStatusCode ? null : await response.Content.ReadAsStringAsync()
        );
        response.Content.Headers.ContentType!.ToString().ShouldBe("text/event-stream; charset=utf-8");
        var items = SseParser.Create(await response.Content.ReadAsStreamAsync()).EnumerateAsync().GetAsyncEnumerator();
        return new EventStream(response, items);
    }

    /// <summary>The next event, or null at the end.</summary>
    public async Task<StreamedEvent?> NextAsync()
    {
        if (!await _items.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromMinutes(3)))
        {
            return null;
        }
        var item = _items.Current;
        return new StreamedEvent(item.EventType, item.Data == "[DONE]" ? null : JsonNode.Parse(item.Data)!.AsObject());
    }

    /// <summary>Reads up to an event of a name, and returns it.</summary>
    public async Task<StreamedEvent> UntilAsync(string name)
    {
        while (await NextAsync() is { } item)
        {
            if (item.Name == name)
            {
                return item;
            }
        }
        throw new InvalidOperationException($"The stream ended before {name}.");
    }

    public async Task<IReadOnlyList<StreamedEvent>> ReadToEndAsync()
    {
        var events = new List<StreamedEvent>();
        while (await NextAsync() is { } item)
        {
            events.Add(item);
        }
        return events;
    }

    public async ValueTask DisposeAsync()
    {
        // Disposing the response ends a read that waits.
        _response.Dispose();
        try
        {
            await _items.DisposeAsync();
        }
        catch (Exception exception) when (exception is IOException or NotSupportedException or HttpRequestException)
        {
            // The stream was cut, as was meant.
        }
    }
}
