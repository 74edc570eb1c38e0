using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace SandboxOperator.Gateway.Http;

/// <summary>A form of which one field is a file, read as it comes.</summary>
internal sealed class MultipartForm
{
    private const int BufferBytes = 64 * 1024;
    private const int MaxFields = 64;
    private const int MaxFieldBytes = 64 * 1024;
    private const int MaxBoundary = 200;

    private readonly Dictionary<string, string> _fields = new(StringComparer.Ordinal);
    private readonly MultipartReader _reader;

    private MultipartForm(MultipartReader reader) => _reader = reader;

    /// <summary>The fields that are not the file.</summary>
    public IReadOnlyDictionary<string, string> Fields => _fields;

    /// <param name="context">The request; nothing of its body has been read.</param>
    /// <param name="maximum">The most bytes of the whole body.</param>
    /// <exception cref="ApiException">The body is no form.</exception>
    public static MultipartForm Open(HttpContext context, long maximum)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = maximum;
        }
        var isForm =
            MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type)
            && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase);
        var boundary = isForm ? HeaderUtilities.RemoveQuotes(type!.Boundary).ToString() : "";
        if (boundary.Length is 0 or > MaxBoundary)
        {
            throw ApiErrors.Invalid(
                "Expected a body of the type multipart/form-data with a boundary.",
                code: "invalid_content_type"
            );
        }
        return new MultipartForm(new MultipartReader(boundary, context.Request.Body, BufferBytes));
    }

    /// <summary>Reads the whole form.</summary>
    /// <param name="fileField">The name of the field that is the file.</param>
    /// <param name="onFile">Takes the file's name, if it has one, and its contents.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ApiException">The form is broken, or too much of a form.</exception>
    public async Task ReadAsync(
        string fileField,
        Func<string?, Stream, Task> onFile,
        CancellationToken cancellationToken
    )
    {
        await foreach (var field in FieldsAsync(cancellationToken))
        {
            if (field.Name == fileField)
            {
                await onFile(field.FileName, field.Content);
            }
            else
            {
                _fields[field.Name] = await ReadTextAsync(field, MaxFieldBytes, cancellationToken);
            }
        }
    }

    /// <summary>The fields of the form, one after the other as they come.</summary>
    /// <exception cref="ApiException">The form is broken, or too much of a form.</exception>
    public async IAsyncEnumerable<FormField> FieldsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var count = 0;
        while (await NextAsync(cancellationToken) is { } section)
        {
            if (++count > MaxFields)
            {
                throw ApiErrors.Invalid($"The form has more than {MaxFields} fields.");
            }
            var disposition = ContentDisposition.Parse(section.ContentDisposition ?? "");
            if (disposition.Name is not { Length: > 0 } name)
            {
                throw ApiErrors.Invalid("A field of the form has no name.");
            }
            yield return new FormField(name, disposition.FileName, section.ContentType, new FormStream(section.Body));
        }
    }

    /// <summary>Reads a field to its end.</summary>
    /// <exception cref="ApiException">It is longer than so many bytes.</exception>
    public static async Task<string> ReadTextAsync(FormField field, int maximum, CancellationToken cancellationToken)
    {
        var buffer = new byte[maximum + 1];
        var read = await field.Content.ReadAtLeastAsync(
            buffer,
            buffer.Length,
            throwOnEndOfStream: false,
            cancellationToken
        );
        return read <= maximum
            ? System.Text.Encoding.UTF8.GetString(buffer, 0, read)
            : throw ApiErrors.TooLong(ApiErrors.Shorten(field.Name), maximum, read);
    }

    /// <summary>Refuses fields that are none of these.</summary>
    public void RejectUnknown(params string[] known)
    {
        if (_fields.Keys.Except(known, StringComparer.Ordinal).FirstOrDefault() is { } unknown)
        {
            throw ApiErrors.Unknown(unknown);
        }
    }

    private async Task<MultipartSection?> NextAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _reader.ReadNextSectionAsync(cancellationToken);
        }
        catch (Exception error) when (FormStream.IsBroken(error))
        {
            throw FormStream.Broken(error);
        }
    }
}
