using System.IO.Pipelines;
using System.Text;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Models;

namespace SandboxOperator.Gateway.Forwarding;

/// <summary>
/// The form of a request that is forwarded: rewritten as it comes, with the upstream's name of the model in place of the
/// caller's. Headers of fields are written anew, so that the upstream sees the names that the gateway has seen.
/// </summary>
internal sealed class ForwardedForm : IAsyncDisposable
{
    private const string ModelField = "model";
    private const int MaxModelBytes = 1024;
    private const int BufferBytes = 64 * 1024;

    private readonly Pipe _pipe = new();
    private readonly string _boundary = Guid.NewGuid().ToString("N");
    private readonly CancellationTokenSource _stop;
    private readonly Task _rewriting;

    private ForwardedForm(HttpContext context, long maximum, IModelCatalog catalog)
    {
        var form = MultipartForm.Open(context, maximum);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        _rewriting = RewriteAsync(form, catalog, _stop.Token);
    }

    /// <summary>What is wrong with the form, or null as far as it has been read.</summary>
    public ApiException? Error { get; private set; }

    /// <summary>The upstream's name of the model; null as long as the form has named none.</summary>
    public string? Model { get; private set; }

    /// <summary>Puts the rewritten form in the place of the request's body.</summary>
    /// <exception cref="ApiException">The body is no form.</exception>
    public static ForwardedForm Begin(HttpContext context, long maximum, IModelCatalog catalog)
    {
        var request = context.Request;
        var form = new ForwardedForm(context, maximum, catalog);
        request.Body = form._pipe.Reader.AsStream();
        request.ContentType = $"multipart/form-data; boundary={form._boundary}";
        request.ContentLength = null;
        return form;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _pipe.Reader.CompleteAsync();
        await _rewriting;
        _stop.Dispose();
    }

    private async Task RewriteAsync(MultipartForm form, IModelCatalog catalog, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var field in form.FieldsAsync(cancellationToken))
            {
                await WriteAsync(Head(field), cancellationToken);
                if (field.Name == ModelField)
                {
                    var name = await MultipartForm.ReadTextAsync(field, MaxModelBytes, cancellationToken);
                    Model = ForwardedBody.Resolve(name, catalog);
                    await WriteAsync(Model, cancellationToken);
                }
                else
                {
                    await CopyAsync(field.Content, cancellationToken);
                }
                await WriteAsync("\r\n", cancellationToken);
            }
            await WriteAsync($"--{_boundary}--\r\n", cancellationToken);
            await _pipe.Writer.CompleteAsync();
        }
        catch (Exception exception)
        {
            Error = exception as ApiException;
            await _pipe.Writer.CompleteAsync(exception);
        }
    }

    private string Head(FormField field)
    {
        var head = new StringBuilder($"--{_boundary}\r\nContent-Disposition: form-data; name=\"{Quote(field.Name)}\"");
        if (field.FileName is { } file)
        {
            head.Append("; filename=\"").Append(Quote(file)).Append('"');
        }
        if (field.ContentType is { } type)
        {
            head.Append("\r\nContent-Type: ").Append(type);
        }
        return head.Append("\r\n\r\n").ToString();
    }

    private static string Quote(string text) =>
        text.Replace("\"", "%22", StringComparison.Ordinal)
            .Replace("\\", "%5C", StringComparison.Ordinal)
            .Replace("\r", "%0D", StringComparison.Ordinal)
            .Replace("\n", "%0A", StringComparison.Ordinal);

    private async Task CopyAsync(Stream content, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await content.ReadAsync(_pipe.Writer.GetMemory(BufferBytes), cancellationToken);
            if (read == 0)
            {
                return;
            }
            _pipe.Writer.Advance(read);
            await FlushAsync(cancellationToken);
        }
    }

    private async Task WriteAsync(string text, CancellationToken cancellationToken)
    {
        Encoding.UTF8.GetBytes(text, _pipe.Writer);
        await FlushAsync(cancellationToken);
    }

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        if ((await _pipe.Writer.FlushAsync(cancellationToken)).IsCompleted)
        {
            throw new OperationCanceledException("Nobody reads the form any more.");
        }
    }
}
