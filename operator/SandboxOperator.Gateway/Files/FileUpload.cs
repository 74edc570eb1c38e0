using Microsoft.Extensions.Options;
using SandboxOperator.Gateway.Blobs;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Store.Entities;
using FileOptions = SandboxOperator.Gateway.Options.FileOptions;

namespace SandboxOperator.Gateway.Files;

/// <summary>
/// Takes a file from a form. The file goes to the disk as it comes, whatever the order of the form's fields, and away
/// again when one of them is wrong.
/// </summary>
internal sealed class FileUpload(FileService files, IBlobStore blobs, IOptions<FileOptions> options)
{
    private const string Field = "file";

    /// <summary>What a form may have beside its file, in bytes.</summary>
    private const long FormBytes = 1024 * 1024;

    public async Task<FileEntity> ReceiveAsync(HttpContext context, string project)
    {
        var cancellationToken = context.RequestAborted;
        var form = MultipartForm.Open(context, options.Value.MaxBytes + FormBytes);
        BlobSegment? blob = null;
        string? filename = null;
        try
        {
            await form.ReadAsync(
                Field,
                async (name, content) =>
                {
                    if (blob is not null)
                    {
                        throw ApiErrors.InvalidValue(Field, $"Invalid '{Field}': expected one file.");
                    }
                    filename = FileNames.Check(name, Field);
                    blob = await blobs.WriteAsync(content, options.Value.MaxBytes, cancellationToken);
                },
                cancellationToken
            );
            var purpose = FilePurposes.Check(
                form.Fields.GetValueOrDefault("purpose") ?? throw ApiErrors.Missing("purpose")
            );
            var expiry = FileExpiry.Read(form.Fields);
            form.RejectUnknown("purpose", "expires_after", "expires_after[anchor]", "expires_after[seconds]");
            if (blob is null)
            {
                throw ApiErrors.Missing(Field);
            }
            if (blob.Bytes == 0)
            {
                throw ApiErrors.InvalidValue(Field, "The file is empty: it has no bytes.");
            }
            var received = blob;
            // From here on the blob is the service's.
            blob = null;
            return await files.AddAsync(project, filename!, purpose, received, expiry, cancellationToken);
        }
        catch (BlobTooLargeException error)
        {
            throw ApiErrors.TooLarge(
                $"The file is larger than {error.Maximum} bytes; use /v1/uploads for larger ones.",
                Field
            );
        }
        finally
        {
            if (blob is not null)
            {
                blobs.Delete(blob.Blob);
            }
        }
    }
}
