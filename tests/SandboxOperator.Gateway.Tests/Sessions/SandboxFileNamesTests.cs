using System.Text;
using FsCheck.Xunit;
using SandboxOperator.Gateway.Sessions;
using SandboxOperator.Gateway.Store;

namespace SandboxOperator.Gateway.Tests.Sessions;

public sealed class SandboxFileNamesTests
{
    [Property]
    public void Paths_are_plain_distinct_names_that_are_nobodys_alias(string?[] names, bool repeat)
    {
        var all = names.Select(name => name ?? "").Concat(repeat ? names.Select(name => name ?? "") : []);
        var files = all.Select(name => (Id: Ids.File(), Name: name)).ToList();
        // Names that look like aliases, one of them of another file.
        files.Add((Ids.File(), Ids.File()));
        files.Add((Ids.File(), files[0].Id));

        var paths = SandboxFileNames.Assign(files, ["data.csv"]);

        paths.Count.ShouldBe(files.Count);
        paths.Values.Append("data.csv").ShouldBeUnique();
        foreach (var path in paths.Values)
        {
            path.ShouldNotContain('/');
            path.ShouldNotContain('\\');
            path.Any(char.IsControl).ShouldBeFalse();
            (path is "" or "." or "..").ShouldBeFalse();
            Encoding.UTF8.GetByteCount(path).ShouldBeLessThanOrEqualTo(SandboxFileNames.MaxBytes);
            Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(path)).ShouldBe(path);
            files.ShouldNotContain(file => file.Id == path);
        }
    }

    [Theory]
    [InlineData("data.csv", "data.csv")]
    [InlineData("../../etc/passwd", "passwd")]
    [InlineData("C:\\temp\\a b.xlsx", "a b.xlsx")]
    [InlineData("..", "file")]
    [InlineData("dir/", "file")]
    [InlineData("a\nb\"c.txt", "a_b\"c.txt")]
    [InlineData("你好.txt", "你好.txt")]
    public void A_name_keeps_what_a_file_system_takes(string name, string expected) =>
        SandboxFileNames.Clean(name).ShouldBe(expected);

    [Fact]
    public void A_long_name_keeps_its_extension()
    {
        var name = SandboxFileNames.Clean(new string('ä', 300) + ".csv");

        name.ShouldEndWith("ä.csv");
        Encoding.UTF8.GetByteCount(name).ShouldBeInRange(254, 255);
    }

    [Fact]
    public void A_second_file_of_a_name_gets_its_id_as_a_prefix()
    {
        var paths = SandboxFileNames.Assign([("file-a", "data.csv"), ("file-b", "data.csv")], []);

        paths["file-a"].ShouldBe("data.csv");
        paths["file-b"].ShouldBe("file-b-data.csv");
    }
}
