using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SandboxOperator.Gateway.Store.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class GivenSession : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(name: "GivenSession", table: "Threads", type: "TEXT", nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(name: "GivenSession", table: "Threads");
        }
    }
}
