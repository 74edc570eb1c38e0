using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using SandboxOperator.Gateway.Http;

namespace SandboxOperator.Gateway.Console.Live;

/// <summary>Sends pieces of a page to a browser that shows it, each when it has changed.</summary>
internal sealed class PieceWriter(PipeWriter output, HtmlRenderer renderer)
{
    private readonly Dictionary<string, string> _sent = new(StringComparer.Ordinal);

    /// <summary>Renders a component and sends it, unless the browser has it already.</summary>
    /// <param name="id">The id of the component's element.</param>
    /// <param name="parent">The id of the element that a new one is added to; null to show it only where there is one.</param>
    /// <param name="parameters">The component's parameters.</param>
    public async Task WriteAsync<T>(string id, string? parent, params (string Name, object? Value)[] parameters)
        where T : IComponent
    {
        var html = await renderer.Dispatcher.InvokeAsync(async () =>
        {
            var piece = await renderer.RenderComponentAsync<T>(
                ParameterView.FromDictionary(
                    parameters.ToDictionary(item => item.Name, item => item.Value, StringComparer.Ordinal)
                )
            );
            return piece.ToHtmlString();
        });
        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(html)));
        if (_sent.TryGetValue(id, out var sent) && sent == hash)
        {
            return;
        }

        _sent[id] = hash;
        Write(
            "piece",
            WireJson.Bytes(writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("html", html);
                writer.WriteString("parent", parent);
                writer.WriteEndObject();
            })
        );
    }

    /// <summary>Sends an event that is not a piece.</summary>
    public void Write(string name, ReadOnlyMemory<byte> json)
    {
        output.Write("event: "u8);
        Encoding.UTF8.GetBytes(name, output);
        output.Write("\ndata: "u8);
        output.Write(json.Span);
        output.Write("\n\n"u8);
    }

    /// <summary>Shows proxies and the browser that the stream is alive.</summary>
    public void KeepAlive() => output.Write(": keep-alive\n\n"u8);

    public async Task FlushAsync(CancellationToken cancellationToken) => await output.FlushAsync(cancellationToken);
}
